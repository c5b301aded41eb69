using System;
using System.Collections.Generic;
using System.Linq;
using QuantMcu.Compiler.Emit.CSharp;
using QuantMcu.Compiler.Emit.Nano.Kernels;
using QuantMcu.Compiler.Lowering.CSharp;
using QuantMcu.Compiler.Lowering.Nano;
using QuantMcu.Compiler.Quantization;
using QuantMcu.Compiler.Quantization.Layers;

namespace QuantMcu.Compiler.Emit.Nano;

/// <summary>
/// Prints the method of a layer: <c>Layer3(byte[] x, int xo, byte[] y, int yo)</c>, and <c>int top, int bottom, int left, int right</c> where it
/// computes one region after another. It calls a general kernel with the layer's numbers.
/// </summary>
internal sealed class NanoLayerPrinter(NanoWriter writer, int index, LayerStep step)
{
    public NanoWriter Writer => writer;

    public LayerStep Step => step;

    public string Index { get; } = NanoWriter.Number(index);

    /// <summary>A region of a method's own parameters, or none.</summary>
    public bool HasRegion => step.Region is not null;

    public static void Print(NanoWriter writer, int index, Step step)
    {
        writer.Text($"// {index}: {step.Title}");
        if (step is OffsetStep offset)
            NanoMoves.Print(writer, index, offset);
        else
            new NanoLayerPrinter(writer, index, (LayerStep)step).Print();
    }

    private void Print()
    {
        var names = step.Inputs.Length switch
        {
            1 => new[] { "x" },
            2 when step.Layer is not ConcatLayer => ["a", "b"],
            _ => Enumerable.Range(0, step.Inputs.Length).Select(i => "x" + NanoWriter.Number(i)),
        };
        using (writer.Block($"{Header(index, names, HasRegion)}"))
            Body();
    }

    /// <summary>The head of a layer's method.</summary>
    public static string Header(int index, IEnumerable<string> inputs, bool region) =>
        "private static void Layer" + NanoWriter.Number(index) + "("
        + string.Join(", ", inputs.Append("y").Select(name => "byte[] " + name + ", int " + name + "o"))
        + (region ? ", int top, int bottom, int left, int right" : "") + ")";

    private void Body()
    {
        switch (step.Layer)
        {
            case ConvLayer conv:
                NanoConv.Print(this, step, conv);
                break;
            case AddLayer add:
                NanoElementwise.Print(this, add);
                break;
            case MulLayer mul:
                NanoElementwise.Print(this, mul);
                break;
            case LookupLayer lookup:
                NanoElementwise.Print(this, lookup);
                break;
            case PReluLayer prelu:
                NanoElementwise.Print(this, prelu);
                break;
            case MaxPoolLayer pool:
                NanoPools.Print(this, pool);
                break;
            case AveragePoolLayer pool:
                NanoPools.Print(this, pool);
                break;
            case ReduceLayer reduce:
                NanoReductions.Print(this, reduce);
                break;
            case ArgMaxLayer argMax:
                NanoReductions.Print(this, argMax);
                break;
            case SoftmaxLayer softmax:
                NanoReductions.Print(this, softmax);
                break;
            case MatMulLayer matMul:
                NanoReductions.Print(this, matMul);
                break;
            case ConcatLayer concat:
                NanoMoves.Print(this, concat);
                break;
            case StridedCopyLayer copy:
                NanoMoves.Print(this, LoopNest.Of(step.Result.Shape, copy.Strides), copy.Offset);
                break;
            case ReshapeLayer:
                NanoMoves.Print(this, LoopNest.Of(new Graph.Shape(step.Result.Shape.Elements), [1]), 0);
                break;
            case PadLayer pad:
                NanoMoves.Print(this, pad);
                break;
            case ResizeLayer resize:
                NanoMoves.Print(this, resize);
                break;
            default:
                throw new NotSupportedException("No managed kernel for " + step.Layer.GetType().Name + ".");
        }
    }

    /// <summary>Prints a call per image of the batch, given the arguments of input and result; those of the result end with the region.</summary>
    public void Images(Action<string, string> call)
    {
        ImageShape image = step.Operands[0].Image!, result = step.Result.Image!;
        bool several = image.Batch > 1;
        using (several ? writer.Block($"for (int n = 0; n < {image.Batch}; n++)") : null)
        {
            string from = several ? FormattableString.Invariant($"xo + (n * {image.Height * image.Pitch})") : "xo";
            string to = several ? FormattableString.Invariant($"yo + (n * {result.Height * result.Pitch})") : "yo";
            call(
                FormattableString.Invariant($"x, {from}, xPitch: {image.Pitch}, xPixel: {image.Pixel}, xBits: {step.Operands[0].Layout.Bits}"),
                FormattableString.Invariant($"y, {to}, yPitch: {result.Pitch}, yPixel: {result.Pixel}, yBits: {step.Result.Layout.Bits}, ") + Region(result));
        }
    }

    private string Region(ImageShape result) => HasRegion
        ? "top, bottom, left, right"
        : FormattableString.Invariant($"top: 0, bottom: {result.Height}, left: 0, right: {result.Width}");

    /// <summary>Arguments of a requantization but its multiplier.</summary>
    public static string Requantization(Requantization to) => FormattableString.Invariant(
        $"preShift: {to.PreShift}, addend: {to.Addend}, shift: {to.Shift}, min: {to.Min}, max: {to.Max}");
}
