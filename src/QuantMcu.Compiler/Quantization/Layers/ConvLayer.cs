using System;
using System.Collections.Immutable;
using System.Linq;
using QuantMcu.Compiler.Graph.Operators;

namespace QuantMcu.Compiler.Quantization.Layers;

/// <summary>
/// Convolution of X[1, H, W, C] to Y[1, OH, OW, M], 2-D window, grouped or depthwise, or (H = W = 1, 1x1) fully connected:
/// <code>
/// acc = Bias[m] + sum over (ky, kx, c) of Weights[m, ky, kx, c] * x        (int32; x is the code, or the pad code outside the image)
/// y = Requantization.Apply(acc, m)
/// </code>
/// The input's zero point is inside the bias: it was summed over all taps, padding included, which is why padding stores a code.
/// </summary>
/// <param name="Weights">
/// Codes [M, kernel height, kernel width, C / Groups], signed, symmetric, -(2^(WeightBits-1) - 1) .. 2^(WeightBits-1) - 1; -128 occurs in
/// models that came quantized.
/// </param>
/// <param name="WeightScales">Real weight = WeightScales[m] * code; for reports and tests, no kernel needs it.</param>
/// <param name="PadCodes">Code of padding, one per input channel.</param>
public sealed record ConvLayer(
    string Name,
    ImmutableArray<int> Inputs,
    int Output,
    Window Window,
    int Groups,
    sbyte[] Weights,
    int WeightBits,
    double[] WeightScales,
    int[] Bias,
    Requantization Requantization,
    byte[] PadCodes) : QuantizedLayer(Name, Inputs, Output)
{
    public override string Operator => IsDepthwise ? "DepthwiseConv" : Window.Taps == 1 && Groups == 1 && FullyConnected ? "FullyConnected" : "Conv";

    /// <summary>Every group has one input channel and one output channel.</summary>
    public bool IsDepthwise => Groups > 1 && Groups == PadCodes.Length && Groups == Bias.Length;

    /// <summary>The image is 1x1, so this is a matrix times a vector.</summary>
    public bool FullyConnected { get; init; }

    public bool HasPadding
    {
        get
        {
            for (int axis = 0; axis < 2; axis++)
            {
                if (Window.PadsBegin[axis] > 0 || Window.PadsEnd[axis] > 0)
                    return true;
            }

            return false;
        }
    }

    /// <summary>All padding taps counted, as the field does.</summary>
    public override long Macs(QuantizedNetwork network) =>
        (long)network.Tensor(Output).Elements * Window.Taps * (PadCodes.Length / Groups);

    /// <summary>The fewest bits that hold all weights, of those that take <see cref="WeightBits"/> in memory.</summary>
    public int WeightCodeBits
    {
        get
        {
            int bits = WeightBits, largest = Weights.Length == 0 ? 0 : Math.Max(Weights.Max(), -(int)Weights.Min());
            while (bits > 5 && largest < 1 << (bits - 2))
                bits--;
            return bits;
        }
    }

    /// <summary>Bytes of the weights, packed: every output channel starts on a byte, of a depthwise convolution every tap.</summary>
    public int WeightBytes
    {
        get
        {
            int rows = IsDepthwise ? Window.Taps : Bias.Length;
            return rows == 0 ? 0 : rows * (((Weights.Length / rows * WeightBits) + 7) / 8);
        }
    }

    public override int FlashBytes => WeightBytes + (4 * Bias.Length) + (4 * Requantization.Multipliers.Length);
}
