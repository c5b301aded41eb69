using System;
using System.Collections.Immutable;
using System.Threading;
using QuantMcu.Compiler.Graph.Operators;

namespace QuantMcu.Compiler.Calibration.Execution;

/// <summary>
/// Convolution as a matrix product, group by group: [pixels, taps * channels] times [taps * channels, output channels]. A
/// pointwise convolution reads the image in place; others gather a few dozen pixels at a time (im2col).
/// </summary>
internal sealed unsafe class ConvKernel : FloatKernel
{
    /// <summary>Floats of A that are multiplied at once: half of a small second-level cache.</summary>
    private const int TileFloats = 32 * 1024;

    private const int LargestTile = 32 * PackedMatrix.RowBlock;

    private readonly ImageWindow window;
    private readonly ImmutableArray<PackedMatrix> groups;
    private readonly float[] padding;
    private readonly Clamp clamp;
    private readonly int groupChannels;
    private readonly int groupOutputs;
    private readonly int tilePixels;

    private ConvKernel(Conv conv, ImageWindow window, float[] weights, float[] bias)
    {
        this.window = window;
        clamp = conv.Clamp;
        groupChannels = window.Channels / conv.Groups;
        groupOutputs = window.OutputChannels / conv.Groups;
        padding = PaddingOf(conv, window.Channels);
        int depth = window.Taps * groupChannels;
        int rows = Math.Min(LargestTile, TileFloats / Math.Max(1, depth));
        tilePixels = Math.Max(1, rows / PackedMatrix.RowBlock) * PackedMatrix.RowBlock;

        var packed = ImmutableArray.CreateBuilder<PackedMatrix>(conv.Groups);
        for (int group = 0; group < conv.Groups; group++)
        {
            int firstOutput = group * groupOutputs;
            var groupWeights = weights.AsSpan(firstOutput * depth, groupOutputs * depth);
            packed.Add(PackedMatrix.Pack(groupWeights, bias.AsSpan(firstOutput, groupOutputs), groupOutputs, depth));
        }

        groups = packed.MoveToImmutable();
    }

    public override int ScratchFloats => IsInPlace ? 0 : tilePixels * window.Taps * groupChannels;

    /// <summary>Whether a row of the matrix is a pixel of the image as it lies in memory.</summary>
    private bool IsInPlace => window.IsPointwise;

    public static ConvKernel? TryCreate(Conv conv, KernelRequest request)
    {
        var window = ImageWindow.TryCreate(conv.Window, conv.Layout, request.Input(0), request.Output);
        if (window is null || WeightsOf(request) is not { } constants)
            return null;

        int depth = window.Taps * (window.Channels / conv.Groups);
        if (!PackedMatrix.IsReasonable(conv.Groups, window.OutputChannels / conv.Groups, depth))
            return null;

        return new ConvKernel(conv, window, constants.Weights, constants.Bias);
    }

    /// <summary>Weights and bias where both are constant (an absent bias is 0), null otherwise.</summary>
    internal static (float[] Weights, float[] Bias)? WeightsOf(KernelRequest request)
    {
        if (request.Constants[1] is not { } weights)
            return null;
        if (!request.HasInput(2))
            return (weights.Floats, new float[weights.Shape[0]]);

        return request.Constants[2] is { } bias ? (weights.Floats, bias.Floats) : null;
    }

    /// <summary>What a padded pixel holds.</summary>
    internal static float[] PaddingOf(Conv conv, int channels)
    {
        var values = new float[channels];
        conv.PadValues.CopyTo(values);
        return values;
    }

    public override void Run(float[][] inputs, float[] output, float[] scratch, CancellationToken cancellation)
    {
        int pixels = window.OutputHeight * window.OutputWidth;
        fixed (float* x = inputs[0], y = output, rows = scratch)
        {
            for (int image = 0; image < window.Batch; image++)
            {
                float* source = x + ((long)image * window.Height * window.Width * window.Channels);
                float* target = y + ((long)image * pixels * window.OutputChannels);
                for (int pixel = 0; pixel < pixels; pixel += tilePixels)
                {
                    cancellation.ThrowIfCancellationRequested();
                    RunTile(source, target, rows, pixel, Math.Min(tilePixels, pixels - pixel));
                }
            }
        }
    }

    private void RunTile(float* source, float* target, float* rows, int pixel, int count)
    {
        for (int group = 0; group < groups.Length; group++)
        {
            float* a = source + ((long)pixel * window.Channels) + (group * groupChannels);
            int strideA = window.Channels;
            if (!IsInPlace)
            {
                Gather(source, rows, pixel, count, group * groupChannels);
                a = rows;
                strideA = groups[group].Depth;
            }

            float* c = target + ((long)pixel * window.OutputChannels) + (group * groupOutputs);
            groups[group].Multiply(a, strideA, count, c, window.OutputChannels, clamp);
        }
    }

    /// <summary>Writes one row per pixel: tap after tap, the group's channels of each.</summary>
    private void Gather(float* source, float* rows, int pixel, int count, int firstChannel)
    {
        long lineFloats = (long)window.Width * window.Channels;
        fixed (float* pad = padding)
        {
            for (int i = pixel; i < pixel + count; i++)
            {
                int outputRow = i / window.OutputWidth, outputColumn = i % window.OutputWidth;
                for (int tapRow = 0; tapRow < window.KernelHeight; tapRow++)
                {
                    int row = window.InputRow(outputRow, tapRow);
                    float* line = window.HasRow(row) ? source + (row * lineFloats) + firstChannel : null;
                    GatherRow(line, pad + firstChannel, rows, outputColumn);
                    rows += window.KernelWidth * groupChannels;
                }
            }
        }
    }

    /// <summary>The taps of one kernel row; <paramref name="line"/> is null where that row lies in the padding.</summary>
    private void GatherRow(float* line, float* pad, float* target, int outputColumn)
    {
        int first = window.InputColumn(outputColumn, 0), last = window.InputColumn(outputColumn, window.KernelWidth - 1);
        bool inside = line != null && window.HasColumn(first) && window.HasColumn(last);
        if (inside && window.HasDenseRows && groups.Length == 1)
        {
            Copy(line + ((long)first * window.Channels), target, window.KernelWidth * groupChannels);
            return;
        }

        for (int tap = 0; tap < window.KernelWidth; tap++)
        {
            int column = window.InputColumn(outputColumn, tap);
            bool padded = line == null || !window.HasColumn(column);
            Copy(padded ? pad : line + ((long)column * window.Channels), target, groupChannels);
            target += groupChannels;
        }
    }

    private static void Copy(float* source, float* target, int count)
    {
        long bytes = (long)count * sizeof(float);
        Buffer.MemoryCopy(source, target, bytes, bytes);
    }
}
