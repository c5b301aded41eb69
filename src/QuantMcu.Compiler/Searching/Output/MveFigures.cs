using System;
using QuantMcu.Compiler.Quantization.Layers;

namespace QuantMcu.Compiler.Searching.Output;

/// <summary>
/// Instructions of the emitted C on cores with Helium, counted off the kernels of nano-runtime/native/include/qmcu_mve*.h and fitted, where images decide, to layers of
/// real networks; <c>dotnet run --project tests/Benchmarks -- native mixed m55</c> prints how far they are off.
/// </summary>
internal sealed class MveFigures : IKernelFigures
{
    /// <summary>Instructions per multiply-accumulate inside of long sums: 14 for 8 outputs of 16 codes.</summary>
    private const double Tap = 14.0 / 128;

    /// <summary>Codes of a vector, and outputs of a block.</summary>
    private const int Lanes = 16, Block = 4;

    /// <summary>What a block of four outputs by two pixels takes beside its taps: 8-bit weights, and what digits of weights of 4 and 2 bits take.</summary>
    private const double BlockEnds = 25, FourBitDigits = 6, TwoBitDigits = 8;

    /// <summary>Per pixel; per row of a window that is no pixel; per sixteen codes of a window.</summary>
    private const double Pixel = 35, WindowRow = 20, WindowStep = 2;

    /// <summary>Of codes of fewer than 8 bits: per row that is unpacked or pixel that is packed, and per 32 codes.</summary>
    private const double PackedRow = 20, PackedCodes = 14.0 / 32;

    /// <summary>What has no kernel of its own, per multiply-accumulate.</summary>
    private const double Portable = 8;

    /// <summary>Rows and columns of a window that the depthwise kernels take.</summary>
    private const int DepthwiseSide = 4;

    /// <inheritdoc/>
    public double InnerTap => Tap;

    /// <summary>No: sixteen products take one instruction whatever the bits.</summary>
    public bool GainsBySmallCodes => false;

    /// <inheritdoc/>
    public double Of(ConvLayer layer, long macs, int activationBits, int weightBits)
    {
        int taps = layer.Window.Taps, outputs = layer.Bias.Length, depth = taps * layer.PadCodes.Length / layer.Groups;
        double pixels = (double)macs / depth / outputs;
        if (layer.IsDepthwise && layer.Window.Kernel[0] <= DepthwiseSide && layer.Window.Kernel[1] <= DepthwiseSide)
            return pixels * outputs * DepthwiseResult(layer.Window.Strides[0], Math.Sqrt(pixels), activationBits);
        if (layer.Groups > 1)
            return Portable * macs;

        double steps = Math.Ceiling((double)depth / Lanes), digits = weightBits == 8 ? 0 : weightBits == 4 ? FourBitDigits : TwoBitDigits;
        double blocks = Math.Ceiling((double)outputs / Block) * ((Tap * Lanes * Block * 2 * steps) + BlockEnds + digits) / 2;
        int rows = layer.Window.Kernel[0];
        double window = (taps > 1 ? WindowRow * rows : 0) + (WindowStep * steps);
        double packed = activationBits > 4 ? 0 : (PackedRow * (rows + 1)) + (PackedCodes * (depth + outputs));
        return pixels * (blocks + Pixel + window + packed);
    }

    /// <summary>Per result; what starts the rows of a channel weighs more in narrow images.</summary>
    private static double DepthwiseResult(int stride, double side, int activationBits) =>
        (stride == 1 ? 5.3 + (29.5 / side) : 7.7 + (47 / side)) + (activationBits > 4 ? 0 : activationBits == 4 ? 1.1 : 2.1);
}
