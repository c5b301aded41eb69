using System;
using System.Collections.Generic;
using System.Collections.Immutable;
using System.Linq;
using System.Security.Cryptography;
using QuantMcu.Compiler.Lowering.CSharp;
using QuantMcu.Compiler.Quantization.Layers;

namespace QuantMcu.Compiler.Lowering.Nano;

/// <summary>Where the weights of convolutions are.</summary>
public enum NanoWeights
{
    /// <summary>In the assembly, with all other data.</summary>
    Assembly,

    /// <summary>In a binary resource, which is read in pieces while the network runs. Biases, multipliers and tables stay in the assembly.</summary>
    Resource,
}

/// <summary>A network as managed code of .NET nanoFramework executes it.</summary>
/// <param name="Schedule">
/// Steps, tiles and arena, as the C# back end has them. Steps are of kind <see cref="LayerStep"/>, <see cref="OffsetStep"/> and
/// <see cref="FusedStep"/>.
/// </param>
/// <param name="Weights">Where the weights of convolutions are.</param>
public sealed record NanoProgram(CSharpProgram Schedule, NanoWeights Weights)
{
    /// <summary>Bytes of a piece of the resource, where no layer needs more.</summary>
    private const int Piece = 2048;

    /// <summary>Bytes of <see cref="Tag"/>.</summary>
    public const int TagBytes = 8;

    private IEnumerable<LayerStep> Convolutions => Schedule.AllSteps.OfType<LayerStep>().Where(step => step.Layer is ConvLayer);

    private IEnumerable<LayerStep> Depthwise => Convolutions.Where(step => step.Layer is ConvLayer { IsDepthwise: true });

    /// <summary>Bytes of the buffer in which the codes under a window wait for their weights; 0 where no layer needs it.</summary>
    public int WindowBytes => Convolutions.Where(step => step.Layer is ConvLayer conv && !ReadsInPlace(conv, step))
        .Select(step => step.WindowBytes).DefaultIfEmpty(0).Max();

    /// <summary>Bytes of the buffer for unpacked weights of a depthwise layer; 0 where no layer needs it.</summary>
    public int UnpackedBytes => Depthwise.Where(step => ((ConvLayer)step.Layer).WeightBits < 8)
        .Select(step => step.WindowBytes).DefaultIfEmpty(0).Max();

    /// <summary>
    /// Bytes of the buffer for weights of the resource: a piece, or what must be there at once, which is the weights of one output channel, of a
    /// depthwise layer all.
    /// </summary>
    public int PieceBytes => Weights == NanoWeights.Assembly || !Convolutions.Any() ? 0 : Math.Max(
        TagBytes, Math.Max(Math.Min(Piece, Convolutions.Max(step => step.Weights.Length)), Convolutions.Max(AtOnce)));

    /// <summary>Bytes of working memory beside the arena.</summary>
    public int ScratchBytes => WindowBytes + UnpackedBytes + PieceBytes;

    /// <summary>
    /// <see cref="Tag"/> and the weights of all convolutions, one after the other; equal ones once. Empty where they are in the assembly.
    /// </summary>
    public byte[] Resource => PieceBytes == 0 ? [] : [.. Tag, .. AllWeights];

    /// <summary>
    /// By what the class knows its weights: the first bytes of their SHA-256. A resource that an older build wrote has others, and would give wrong
    /// codes without a word.
    /// </summary>
    public byte[] Tag
    {
        get
        {
            using var hash = SHA256.Create();
            return [.. hash.ComputeHash(AllWeights).Take(TagBytes)];
        }
    }

    private byte[] AllWeights => [.. Distinct().SelectMany(weights => weights)];

    /// <summary>Where the weights of a step start in <see cref="Resource"/>.</summary>
    public int ResourceOffset(LayerStep step)
    {
        int offset = TagBytes;
        foreach (byte[] weights in Distinct())
        {
            if (weights.AsSpan().SequenceEqual(step.Weights))
                return offset;

            offset += weights.Length;
        }

        throw new ArgumentException("The step has no weights.", nameof(step));
    }

    /// <summary>Output channels whose weights fit into a piece together.</summary>
    public int OutputsOfPiece(LayerStep step) => Math.Max(1, PieceBytes / RowBytes(step));

    /// <summary>Bytes of the weights of an output channel.</summary>
    public static int RowBytes(LayerStep step) => Math.Max(1, step.Weights.Length / Math.Max(1, ((ConvLayer)step.Layer).Bias.Length));

    private static int AtOnce(LayerStep step) => step.Layer is ConvLayer { IsDepthwise: true } ? step.Weights.Length : RowBytes(step);

    /// <summary>The codes under a window of one pixel are where the kernel wants them.</summary>
    public static bool ReadsInPlace(ConvLayer layer, LayerStep step) =>
        !layer.IsDepthwise && layer.Window.Taps == 1 && !layer.HasPadding && !step.Operands[0].Layout.IsPacked;

    private List<byte[]> Distinct()
    {
        var distinct = new List<byte[]>();
        foreach (var step in Convolutions)
        {
            if (step.Weights.Length > 0 && !distinct.Any(weights => weights.AsSpan().SequenceEqual(step.Weights)))
                distinct.Add(step.Weights);
        }

        return distinct;
    }
}
