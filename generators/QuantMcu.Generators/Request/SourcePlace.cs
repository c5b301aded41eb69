using System.Linq;
using Microsoft.CodeAnalysis;
using Microsoft.CodeAnalysis.CSharp.Syntax;
using Microsoft.CodeAnalysis.Text;

namespace QuantMcu.Generators.Request;

/// <summary>
/// A place in a source file that, unlike a <see cref="Location"/>, keeps no syntax tree alive and equals by value.
/// </summary>
internal sealed record SourcePlace(string Path, TextSpan Span, LinePositionSpan Lines)
{
    public static SourcePlace Of(SyntaxNode node)
    {
        FileLinePositionSpan lines = node.SyntaxTree.GetLineSpan(node.Span);
        return new SourcePlace(lines.Path, node.Span, lines.Span);
    }

    public Location ToLocation() => Location.Create(Path, Span, Lines);
}

/// <summary>Where an attribute and its arguments stand.</summary>
internal sealed record AttributePlaces(SourcePlace Attribute, EquatableArray<ArgumentPlace> Arguments)
{
    /// <summary>The argument's place, or the whole attribute's where the argument was not written.</summary>
    public SourcePlace Find(string? argument) =>
        Arguments.FirstOrDefault(candidate => candidate.Name == argument)?.Place ?? Attribute;

    public static AttributePlaces Of(AttributeSyntax attribute)
    {
        var arguments = attribute.ArgumentList?.Arguments ?? default;
        return new AttributePlaces(
            SourcePlace.Of(attribute),
            arguments.Select(argument => new ArgumentPlace(NameOf(argument), SourcePlace.Of(argument))).ToEquatableArray());
    }

    private static string NameOf(AttributeArgumentSyntax argument) =>
        argument.NameEquals?.Name.Identifier.ValueText ?? RequestArguments.Path;
}

/// <summary>Where an argument of an attribute stands, by the property that it sets.</summary>
internal sealed record ArgumentPlace(string Name, SourcePlace Place);

/// <summary>Arguments of the attribute that are not options of the engine.</summary>
internal static class RequestArguments
{
    public const string Path = nameof(QuantizedModelAttribute.Path);

    public const string Calibration = nameof(QuantizedModelAttribute.Calibration);
}
