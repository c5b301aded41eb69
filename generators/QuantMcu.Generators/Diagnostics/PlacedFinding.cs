using System.Collections.Generic;
using System.Collections.Immutable;
using System.Linq;
using Microsoft.CodeAnalysis;
using QuantMcu.Generators.Generation;
using QuantMcu.Generators.Request;

namespace QuantMcu.Generators.Diagnostics;

/// <summary>A diagnostic and where it is reported: at the attribute, or at the argument that it is about.</summary>
internal sealed record PlacedFinding(Compiler.Diagnostics.Diagnostic Finding, SourcePlace Place)
{
    public static IEnumerable<PlacedFinding> Locate(GeneratedClass result, ImmutableArray<PlacedRequest> requests)
    {
        AttributePlaces places = requests.First(placed => placed.Request.Class == result.Class).Places;
        return result.Findings.Select(finding => new PlacedFinding(finding.Diagnostic, places.Find(finding.Argument)));
    }

    public Diagnostic ToDiagnostic() => Finding.At(Place.ToLocation());
}
