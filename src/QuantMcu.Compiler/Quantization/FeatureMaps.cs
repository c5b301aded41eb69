using System.Collections.Generic;
using System.Collections.Immutable;
using System.Linq;
using QuantMcu.Compiler.Graph;
using QuantMcu.Compiler.Quantization.Ranges;

namespace QuantMcu.Compiler.Quantization;

/// <summary>The feature maps of a network: what a search chooses bit widths for.</summary>
public static class FeatureMaps
{
    /// <summary>All feature maps, in the order in which their first values are computed; the inputs' come first.</summary>
    /// <param name="normalForm">A network in normal form.</param>
    /// <param name="hasRawInput">Whether its first input is raw codes: it was simplified with a preprocessing.</param>
    public static ImmutableArray<FeatureMap> Of(NetworkGraph normalForm, bool hasRawInput)
    {
        var uses = new GraphUses(normalForm);
        var shared = SharedQuantizers.Find(normalForm, uses, RawInputs(normalForm, hasRawInput));
        var order = normalForm.Inputs.Concat(normalForm.Nodes.SelectMany(node => node.Outputs))
            .Select((value, position) => (value, position)).ToDictionary(pair => pair.value, pair => pair.position);
        return shared.Groups
            .Select(members => Create(members.OrderBy(member => order[member]).ToList(), uses, shared))
            .OrderBy(map => order[map.Value]).ToImmutableArray();
    }

    internal static ISet<Value> RawInputs(NetworkGraph normalForm, bool hasRawInput) =>
        new HashSet<Value>(hasRawInput ? normalForm.Inputs.Take(1) : []);

    private static FeatureMap Create(IReadOnlyList<Value> members, GraphUses uses, SharedQuantizers shared)
    {
        var values = new HashSet<Value>(members);
        var producers = members.Select(uses.Producer).OfType<Node>().Distinct()
            .Where(node => !node.Inputs.Any(input => input is not null && values.Contains(input)));
        var consumers = members.SelectMany(uses.Consumers).Distinct()
            .Where(node => !node.Outputs.Any(values.Contains));
        return new FeatureMap(members.ToImmutableArray(), producers.ToImmutableArray(), consumers.ToImmutableArray(), shared.IsFree(members));
    }
}
