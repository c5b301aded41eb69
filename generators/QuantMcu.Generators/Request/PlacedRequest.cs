using System;
using System.Collections.Generic;
using System.Collections.Immutable;
using Microsoft.CodeAnalysis;
using Microsoft.CodeAnalysis.CSharp.Syntax;
using QuantMcu.Compiler.Emit.CSharp;

namespace QuantMcu.Generators.Request;

/// <summary>A request and where its attribute stands.</summary>
internal sealed record PlacedRequest(ModelRequest Request, AttributePlaces Places)
{
    public static PlacedRequest Read(INamedTypeSymbol type, AttributeData attribute)
    {
        var syntax = (AttributeSyntax)attribute.ApplicationSyntaxReference!.GetSyntax();
        return new PlacedRequest(AttributeReader.Read(type, attribute), AttributePlaces.Of(syntax));
    }

    /// <summary>
    /// One request for each class, even where several parts of a class carry the attribute (which the C# compiler refuses), with
    /// names for the emitted files that differ in more than case.
    /// </summary>
    public static IEnumerable<ModelRequest> Distinct(ImmutableArray<PlacedRequest> all)
    {
        var classes = new HashSet<ClassTarget>();
        var names = new HashSet<string>(StringComparer.OrdinalIgnoreCase);
        foreach (PlacedRequest placed in all)
        {
            ModelRequest request = placed.Request;
            if (!classes.Add(request.Class))
                continue;

            string name = request.FileName;
            for (int namesakes = 2; !names.Add(name); namesakes++)
                name = request.FileName + "-" + namesakes;

            yield return request with { FileName = name };
        }
    }
}
