using System;
using QuantMcu.Compiler.Quantization.Layers;

namespace QuantMcu.Compiler.Quantization.Invariants;

/// <summary>Every value that an accumulator can take for any codes of the inputs, both ends included.</summary>
public readonly record struct AccumulatorRange(long Min, long Max)
{
    public bool FitsInt32 => Min >= int.MinValue && Max <= int.MaxValue;

    public long Magnitude => Math.Max(-Min, Max);

    /// <summary>A sum of <paramref name="count"/> values, each of this range.</summary>
    public AccumulatorRange Times(long count) => new(Min * count, Max * count);

    public AccumulatorRange ShiftedLeft(int bits) => new(Min << bits, Max << bits);

    /// <summary>The smallest range that holds this one and zero: partial sums that start from zero.</summary>
    public AccumulatorRange WithZero() => new(Math.Min(Min, 0), Math.Max(Max, 0));

    /// <summary>Values of x - ZeroPoint.</summary>
    public static AccumulatorRange Difference(Quantizer x) => new(-x.ZeroPoint, x.MaxCode - x.ZeroPoint);

    /// <summary>Values of (a - Za) * (b - Zb).</summary>
    public static AccumulatorRange Product(Quantizer a, Quantizer b)
    {
        var left = Difference(a);
        var right = Difference(b);
        return new(
            Math.Min(left.Min * right.Max, left.Max * right.Min),
            Math.Max(left.Min * right.Min, left.Max * right.Max));
    }

    /// <summary>Bias plus weights times codes 0 .. <paramref name="maxCode"/>, for one output channel; exact, from the actual weights.</summary>
    public static AccumulatorRange Conv(sbyte[] weights, int offset, int count, long bias, int maxCode)
    {
        long negative = 0, positive = 0;
        for (int i = offset; i < offset + count; i++)
        {
            if (weights[i] < 0)
                negative += weights[i];
            else
                positive += weights[i];
        }

        return new(bias + (negative * maxCode), bias + (positive * maxCode));
    }

    /// <summary>Accumulator of output channel <paramref name="channel"/> of a convolution.</summary>
    public static AccumulatorRange Conv(ConvLayer layer, int channel, int maxCode)
    {
        int count = layer.Weights.Length / layer.Bias.Length;
        return Conv(layer.Weights, channel * count, count, layer.Bias[channel], maxCode);
    }
}
