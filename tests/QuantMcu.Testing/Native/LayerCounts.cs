using System;
using System.Collections.Generic;
using System.Collections.Immutable;
using System.Globalization;
using System.Linq;

namespace QuantMcu.Testing.Native;

/// <summary>Instructions that the layers of <see cref="LayerSubject"/> take on a core.</summary>
public static class LayerCounts
{
    /// <summary>Bits of codes and of weights.</summary>
    public static ImmutableArray<(int Codes, int Weights)> Mixes { get; } = [(8, 8), (8, 4), (7, 4), (6, 4), (4, 8), (4, 4), (4, 2), (2, 2)];

    /// <summary>One run, whose result is compared with the interpreter's.</summary>
    /// <returns>Instructions and multiply-accumulates of the layer.</returns>
    public static (long Instructions, long Macs) Of(LayerSubject layer, (int Codes, int Weights) mix, EmulatedCore core)
    {
        var network = layer.Network(mix.Codes, mix.Weights);
        byte[] input = new byte[network.Tensor(0).Elements];
        new Random(1).NextBytes(input);
        var run = EmulatedRun.Of(network, [input], core);
        return (LayerSubject.StepOf(run).Instructions, run.Macs);
    }

    /// <summary>A line of a file of counts: <c>a 8/8 1990650</c>.</summary>
    public static string Line(LayerSubject layer, (int Codes, int Weights) mix, long instructions) =>
        string.Create(CultureInfo.InvariantCulture, $"{layer.Name} {mix.Codes}/{mix.Weights} {instructions}");

    /// <summary>Counts of a file, by what stands before them in a line.</summary>
    public static IReadOnlyDictionary<string, long> Parse(IEnumerable<string> lines) => lines.Where(line => line.Length > 0)
        .ToDictionary(
            line => line.Substring(0, line.LastIndexOf(' ')),
            line => long.Parse(line.Substring(line.LastIndexOf(' ') + 1), CultureInfo.InvariantCulture));
}
