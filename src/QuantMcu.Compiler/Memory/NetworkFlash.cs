using System;
using System.Collections.Generic;
using System.Linq;
using QuantMcu.Compiler.Quantization;
using QuantMcu.Compiler.Quantization.Layers;

namespace QuantMcu.Compiler.Memory;

/// <summary>Read-only data of a network: weights, biases, multipliers, tables.</summary>
public static class NetworkFlash
{
    /// <summary>Bytes of the data of all layers. What branches of a patch stage have in common is stored, and counted, once.</summary>
    /// <exception cref="OverflowException">More than 2 GB.</exception>
    public static int Bytes(QuantizedNetwork network)
    {
        long bytes = network.Layers.Sum(layer => (long)layer.FlashBytes);
        if (network.Patches is not { } stage)
            return checked((int)bytes);

        var counted = new List<(int Bytes, Array Data)>();
        foreach (var part in stage.Branches.SelectMany(branch => branch.Network.Layers).SelectMany(Parts))
        {
            if (part.Data is not null && counted.Any(other => other.Bytes == part.Bytes && Same(other.Data, part.Data)))
                continue;

            bytes += part.Bytes;
            if (part.Data is not null)
                counted.Add((part.Bytes, part.Data));
        }

        return checked((int)bytes);
    }

    /// <summary>A layer's data in the parts that another branch may share; null for data that is small and counted for every branch.</summary>
    private static IEnumerable<(int Bytes, Array? Data)> Parts(QuantizedLayer layer) => layer switch
    {
        ConvLayer conv => [(conv.WeightBytes, conv.Weights), (conv.FlashBytes - conv.WeightBytes, null)],
        LookupLayer lookup => [(lookup.FlashBytes, lookup.Table)],
        _ => [(layer.FlashBytes, null)],
    };

    private static bool Same(Array a, Array b) => ReferenceEquals(a, b) || (a, b) switch
    {
        (sbyte[] x, sbyte[] y) => x.AsSpan().SequenceEqual(y),
        (byte[] x, byte[] y) => x.AsSpan().SequenceEqual(y),
        _ => false,
    };
}
