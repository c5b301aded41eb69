using System;
using System.Collections.Generic;
using System.Collections.Immutable;
using System.Linq;
using QuantMcu.Compiler.Graph;
using QuantMcu.Compiler.Quantization;
using QuantMcu.Compiler.Quantization.Layers;

namespace QuantMcu.Compiler.Patching;

/// <summary>
/// Computes some channels after others where a convolution is followed by nothing but a reduction over the image, as at the end of most classifiers:
/// the map between them, often the largest of a tail, need never be whole. Codes and multiplications stay the same.
/// </summary>
public static class ChannelSlicing
{
    /// <summary>Channels of a slice are a multiple of it: kernels compute so many at once.</summary>
    private const int Multiple = 16;

    /// <summary>Slices every such convolution whose output is larger than some size.</summary>
    /// <param name="network">A network.</param>
    /// <param name="mostBytes">Of a slice of the convolution's output, if 16 channels fit.</param>
    public static QuantizedNetwork Run(QuantizedNetwork network, int mostBytes)
    {
        var slices = Candidates(network)
            .Select(pair => (pair.Conv.Output, Channels: SliceChannels(network, pair.Conv.Output, mostBytes)))
            .Where(slice => slice.Channels is not null).Select(slice => new ChannelSlices(slice.Output, slice.Channels!.Value)).ToImmutableArray();
        return slices.IsEmpty ? network : NetworkSplitter.Compact(Apply(network, slices));
    }

    /// <summary>The slices by which such convolutions fit a budget, or come as close as 16 channels get; none of those that fit whole.</summary>
    /// <param name="network">A network.</param>
    /// <param name="budget">Bytes live at once.</param>
    /// <param name="liveBytes">Bytes live while each of its layers runs, whole.</param>
    internal static ImmutableArray<ChannelSlices> Fit(QuantizedNetwork network, int budget, int[] liveBytes)
    {
        var slices = ImmutableArray.CreateBuilder<ChannelSlices>();
        foreach (var (conv, reduce) in Candidates(network))
        {
            int index = network.Layers.IndexOf(conv);
            if (Math.Max(liveBytes[index], liveBytes[network.Layers.IndexOf(reduce)]) <= budget)
                continue;

            int room = Math.Max(0, budget - Others(network, liveBytes[index], conv, reduce));
            if (SliceChannels(network, conv.Output, room) is { } channels)
                slices.Add(new ChannelSlices(conv.Output, channels));
        }

        return slices.ToImmutable();
    }

    /// <summary>Bytes live while each layer runs if every such convolution had the thinnest slices.</summary>
    internal static int[] ThinnestLiveBytes(QuantizedNetwork network, int[] liveBytes)
    {
        int[] thin = (int[])liveBytes.Clone();
        foreach (var (conv, reduce) in Candidates(network).Where(pair => pair.Conv.Bias.Length > Multiple))
        {
            int index = network.Layers.IndexOf(conv), after = network.Layers.IndexOf(reduce);
            var map = network.Tensor(conv.Output);
            int slice = map.Elements / conv.Bias.Length * Multiple * map.Quantizer.Bits / 8;
            thin[index] = Math.Min(thin[index], Others(network, liveBytes[index], conv, reduce) + slice);
            thin[after] = Math.Min(thin[after], Math.Max(slice, network.Tensor(reduce.Output).Bytes) + network.Tensor(reduce.Output).Bytes);
        }

        return thin;
    }

    /// <summary>What is live beside a slice: all but the whole map, and what was reduced before.</summary>
    private static int Others(QuantizedNetwork network, int live, ConvLayer conv, ReduceLayer reduce) =>
        live - network.Tensor(conv.Output).Bytes + network.Tensor(reduce.Output).Bytes;

    /// <summary>Cuts convolutions into slices. Tensors keep their indices, new ones follow them.</summary>
    internal static QuantizedNetwork Apply(QuantizedNetwork network, ImmutableArray<ChannelSlices> slices)
    {
        foreach (var (tensor, channels) in slices)
        {
            int index = network.Layers.IndexOf(network.Layers.First(layer => layer.Output == tensor));
            if (Reducer(network, index) is { } reduce)
                network = Slice(network, (ConvLayer)network.Layers[index], reduce, channels);
        }

        return network;
    }

    /// <summary>Convolutions that are followed by nothing but a reduction over the image.</summary>
    private static IEnumerable<(ConvLayer Conv, ReduceLayer Reduce)> Candidates(QuantizedNetwork network) =>
        Enumerable.Range(0, network.Layers.Length).Select(index => (network.Layers[index] as ConvLayer, Reducer(network, index)))
            .Where(pair => pair.Item1 is not null && pair.Item2 is not null).Select(pair => (pair.Item1!, pair.Item2!));

    /// <summary>The reduction of the whole image that alone reads a convolution's output.</summary>
    private static ReduceLayer? Reducer(QuantizedNetwork network, int index)
    {
        if (network.Layers[index] is not ConvLayer { Groups: 1 } conv || network.Outputs.Any(port => port.Tensor == conv.Output))
            return null;

        var readers = network.Layers.Where(layer => layer.Inputs.Contains(conv.Output)).ToArray();
        return readers.Length == 1 && readers[0] is ReduceLayer { Outer: 1 } reduce && reduce.Inner == conv.Bias.Length
            && network.Tensor(reduce.Output).Shape is { Rank: > 0 } shape && shape[shape.Rank - 1] == reduce.Inner ? reduce : null;
    }

    /// <summary>Channels of a slice; null where the whole output is small enough.</summary>
    private static int? SliceChannels(QuantizedNetwork network, int tensor, int mostBytes)
    {
        var map = network.Tensor(tensor);
        int channels = map.Shape[3];
        if (map.Bytes <= mostBytes || channels <= Multiple)
            return null;

        int pixels = map.Elements / channels;
        int fitting = (int)Math.Min(channels, mostBytes * 8L / map.Quantizer.Bits / pixels);
        return Math.Max(Multiple, fitting / Multiple * Multiple);
    }

    private static QuantizedNetwork Slice(QuantizedNetwork network, ConvLayer conv, ReduceLayer reduce, int channels)
    {
        var tensors = network.Tensors.ToBuilder();
        var layers = new List<QuantizedLayer>();
        var parts = ImmutableArray.CreateBuilder<int>();
        int Add(int like, int size, string suffix)
        {
            var whole = network.Tensor(like);
            tensors.Add(whole with { Name = whole.Name + suffix, Shape = new Shape(whole.Shape.Dimensions.SetItem(whole.Shape.Rank - 1, size)) });
            return tensors.Count - 1;
        }

        for (int first = 0; first < conv.Bias.Length; first += channels)
        {
            int count = Math.Min(channels, conv.Bias.Length - first);
            string suffix = " (channels " + first + " to " + (first + count - 1) + ")";
            var slice = Part(conv, first, count) with { Name = conv.Name + suffix, Output = Add(conv.Output, count, suffix) };
            parts.Add(Add(reduce.Output, count, suffix));
            layers.Add(slice);
            layers.Add(reduce with
            {
                Name = reduce.Name + suffix,
                Inputs = ImmutableArray.Create(slice.Output),
                Output = parts[parts.Count - 1],
                Inner = count,
            });
        }

        layers.Add(new ConcatLayer(reduce.Name, parts.ToImmutable(), reduce.Output, network.Tensor(reduce.Output).Shape.Rank - 1));
        int position = network.Layers.IndexOf(conv);
        return network with
        {
            Tensors = tensors.ToImmutable(),
            Layers = network.Layers.Remove(reduce).RemoveAt(position).InsertRange(position, layers),
        };
    }

    private static ConvLayer Part(ConvLayer conv, int first, int count)
    {
        int length = conv.Weights.Length / conv.Bias.Length;
        var multipliers = conv.Requantization.Multipliers;
        return conv with
        {
            Weights = conv.Weights.AsSpan(first * length, count * length).ToArray(),
            WeightScales = conv.WeightScales.AsSpan(first, count).ToArray(),
            Bias = conv.Bias.AsSpan(first, count).ToArray(),
            Requantization = multipliers.Length == 1
                ? conv.Requantization
                : conv.Requantization with { Multipliers = ImmutableArray.Create(multipliers, first, count) },
        };
    }
}
