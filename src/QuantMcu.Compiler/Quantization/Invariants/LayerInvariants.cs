using System;
using System.Collections.Generic;
using System.Linq;
using QuantMcu.Compiler.Graph;
using QuantMcu.Compiler.Graph.Operators;
using QuantMcu.Compiler.Quantization.Layers;

namespace QuantMcu.Compiler.Quantization.Invariants;

/// <summary>The invariants of one layer, by its kind.</summary>
internal sealed class LayerInvariants
{
    private readonly QuantizedNetwork network;
    private readonly QuantizedLayer layer;

    private LayerInvariants(QuantizedNetwork network, QuantizedLayer layer)
    {
        this.network = network;
        this.layer = layer;
    }

    private QuantizedTensor Output => network.Tensor(layer.Output);

    public static void Verify(QuantizedNetwork network, QuantizedLayer layer)
    {
        var invariants = new LayerInvariants(network, layer);
        switch (layer)
        {
            case ConvLayer conv:
                invariants.Conv(conv);
                break;
            case MatMulLayer matMul:
                invariants.MatMul(matMul);
                break;
            case AddLayer add:
                invariants.Add(add);
                break;
            case MulLayer mul:
                invariants.Mul(mul);
                break;
            case MaxPoolLayer maxPool:
                invariants.MaxPool(maxPool);
                break;
            case AveragePoolLayer averagePool:
                invariants.AveragePool(averagePool);
                break;
            case ReduceLayer reduce:
                invariants.Reduce(reduce);
                break;
            case LookupLayer lookup:
                invariants.Lookup(lookup);
                break;
            case PReluLayer prelu:
                invariants.PRelu(prelu);
                break;
            case ConcatLayer concat:
                invariants.Concat(concat);
                break;
            case StridedCopyLayer copy:
                invariants.StridedCopy(copy);
                break;
            case PadLayer pad:
                invariants.Pad(pad);
                break;
            case ResizeLayer resize:
                invariants.Resize(resize);
                break;
            case ReshapeLayer:
                invariants.Require(invariants.Input(0).Elements == invariants.Output.Elements, "the shapes differ in elements");
                invariants.RequireSharedQuantizer();
                break;
            case SoftmaxLayer softmax:
                invariants.Softmax(softmax);
                break;
            case ArgMaxLayer argMax:
                invariants.Require(argMax.Length >= 1 && argMax.Length <= invariants.Output.Quantizer.MaxCode + 1, "length " + argMax.Length);
                invariants.RequireLines(argMax.Outer, argMax.Length, argMax.Inner, argMax.Outer * argMax.Inner);
                break;
            case FusedLayer fused:
                PatchInvariants.Verify(network, fused);
                break;
            default:
                invariants.Require(false, "unknown layer");
                break;
        }
    }

    private QuantizedTensor Input(int index) => network.Tensor(layer.Inputs[index]);

    private void Conv(ConvLayer conv)
    {
        Shape x = Input(0).Shape, y = Output.Shape;
        RequireImages();
        Require(y[0] == x[0], "batch");
        Require(conv.PadCodes.Length == x[3] && conv.PadCodes.All(code => code <= Input(0).Quantizer.MaxCode), "padding codes");
        Require(conv.Groups >= 1 && x[3] % conv.Groups == 0 && y[3] % conv.Groups == 0, "groups");
        Require(conv.Weights.Length == (long)y[3] * conv.Window.Taps * (x[3] / conv.Groups), "weights");
        Require(conv.WeightBits is 8 or 4 or 2, "weights of " + conv.WeightBits + " bits");
        int largest = (1 << (conv.WeightBits - 1)) - 1;
        Require(conv.WeightBits == 8 || conv.Weights.All(weight => weight >= -largest && weight <= largest), "a weight is no code");
        Require(conv.Bias.Length == y[3] && conv.WeightScales.Length == y[3], "bias or weight scales");
        for (int axis = 0; axis < 2; axis++)
            Require(conv.Window.OutputSize(axis, x[axis + 1]) == y[axis + 1], "output size along axis " + axis);

        RequireMultipliers(conv.Requantization, y[3]);
        for (int m = 0; m < y[3]; m++)
        {
            // Partial sums may start from zero and add the bias last, so they are bounded too.
            var range = AccumulatorRange.Conv(conv, m, Input(0).Quantizer.MaxCode);
            var products = new AccumulatorRange(range.Min - conv.Bias[m], range.Max - conv.Bias[m]);
            Require(range.WithZero().FitsInt32 && products.FitsInt32, "the accumulator of channel " + m + " may overflow");
            RequantizationInvariants.VerifyRange(conv.Requantization, conv, range, m);
        }
    }

    private void MatMul(MatMulLayer matMul)
    {
        Require(Input(0).Elements == (matMul.SharedA ? 1 : matMul.Batch) * matMul.M * matMul.K, "A has the wrong size");
        Require(Input(1).Elements == (matMul.SharedB ? 1 : matMul.Batch) * matMul.K * matMul.N, "B has the wrong size");
        Require(Output.Elements == matMul.Batch * matMul.M * matMul.N, "Y has the wrong size");
        RequireMultipliers(matMul.Requantization, 1);
        var range = AccumulatorRange.Product(Input(0).Quantizer, Input(1).Quantizer).Times(matMul.K);
        RequantizationInvariants.VerifyRange(matMul.Requantization, matMul, range, 0);
    }

    private void Add(AddLayer add)
    {
        RequireBroadcast();
        Require(add.Shift is >= 0 and <= 30, "shift " + add.Shift);
        Require(add.Min >= 0 && add.Min <= add.Max && add.Max <= Output.Quantizer.MaxCode, "clamp is no code range");
        var a = Term(add.MultiplierA, Input(0).Quantizer);
        var b = Term(add.MultiplierB, Input(1).Quantizer);

        // Any order of the three summands must stay inside.
        long min = Math.Min(add.Addend, 0) + Math.Min(a.Min, 0) + Math.Min(b.Min, 0);
        long max = Math.Max(add.Addend, 0) + Math.Max(a.Max, 0) + Math.Max(b.Max, 0);
        Require(new AccumulatorRange(min, max).FitsInt32, "the sum may overflow");
    }

    private static AccumulatorRange Term(long multiplier, Quantizer x) =>
        new(Math.Min(0, multiplier * x.MaxCode), Math.Max(0, multiplier * x.MaxCode));

    private void Mul(MulLayer mul)
    {
        RequireBroadcast();
        RequireMultipliers(mul.Requantization, 1);
        RequantizationInvariants.VerifyRange(mul.Requantization, mul, AccumulatorRange.Product(Input(0).Quantizer, Input(1).Quantizer), 0);
    }

    private void MaxPool(MaxPoolLayer maxPool)
    {
        RequireImages();
        RequireSharedQuantizer();
        Require(Input(0).Shape[3] == Output.Shape[3] && Input(0).Shape[0] == Output.Shape[0], "channels or batch");
        RequireWindow(maxPool.Window);
    }

    private void AveragePool(AveragePoolLayer averagePool)
    {
        RequireImages();
        Require(Input(0).Shape[3] == Output.Shape[3] && Input(0).Shape[0] == Output.Shape[0], "channels or batch");
        RequireWindow(averagePool.Window);
        int taps = averagePool.Window.Taps;
        RequantizationInvariants.Verify(averagePool.Requantization, averagePool, Output.Quantizer);
        Require(averagePool.Requantization.Multipliers.Length == taps, "one multiplier per count of taps");
        for (int count = 1; count <= taps; count++)
        {
            var range = AccumulatorRange.Difference(Input(0).Quantizer).Times(count);
            RequantizationInvariants.VerifyRange(averagePool.Requantization, averagePool, range, count - 1);
        }
    }

    private void Reduce(ReduceLayer reduce)
    {
        RequireLines(reduce.Outer, reduce.Length, reduce.Inner, reduce.Outer * reduce.Inner);
        if (reduce.Kind == ReduceKind.Max)
        {
            RequireSharedQuantizer();
            return;
        }

        RequireMultipliers(reduce.Requantization, 1);
        var range = AccumulatorRange.Difference(Input(0).Quantizer).Times(reduce.Length);
        RequantizationInvariants.VerifyRange(reduce.Requantization, reduce, range, 0);
    }

    private void Lookup(LookupLayer lookup)
    {
        RequireSameShape();
        int entries = Input(0).Quantizer.MaxCode + 1;
        int channels = lookup.PerChannel ? LastAxis(Output.Shape) : 1;
        Require(lookup.Table.Length == entries * channels, "the table has " + lookup.Table.Length + " entries");
        Require(lookup.Table.All(code => code <= Output.Quantizer.MaxCode), "the table has entries that are no codes");
    }

    private void PRelu(PReluLayer prelu)
    {
        RequireSameShape();
        var difference = AccumulatorRange.Difference(Input(0).Quantizer);
        RequireMultipliers(prelu.Positive, 1);
        RequantizationInvariants.VerifyRange(prelu.Positive, prelu, difference with { Min = 0 }, 0);
        RequantizationInvariants.Verify(prelu.Negative, prelu, Output.Quantizer, signedMultipliers: true);
        int slopes = prelu.Negative.Multipliers.Length;
        Require(slopes == 1 || slopes == LastAxis(Output.Shape), "one slope, or one per channel");
        for (int channel = 0; channel < slopes; channel++)
            RequantizationInvariants.VerifyRange(prelu.Negative, prelu, difference with { Max = 0 }, channel);
    }

    private void Concat(ConcatLayer concat)
    {
        int size = 0;
        foreach (int index in concat.Inputs)
        {
            var input = network.Tensor(index);
            Require(input.Quantizer == Output.Quantizer, "input '" + input.Name + "' has another quantizer");
            Require(input.Shape.Rank == Output.Shape.Rank && concat.Axis < input.Shape.Rank, "ranks differ");
            for (int axis = 0; axis < Output.Shape.Rank; axis++)
                Require(axis == concat.Axis || input.Shape[axis] == Output.Shape[axis], "shape of input '" + input.Name + "'");
            size += input.Shape[concat.Axis];
        }

        Require(size == Output.Shape[concat.Axis], "the parts do not make up the axis");
    }

    private void StridedCopy(StridedCopyLayer copy)
    {
        RequireSharedQuantizer();
        Require(copy.Strides.Length == Output.Shape.Rank, "one stride per axis");
        long lowest = copy.Offset, highest = copy.Offset;
        for (int axis = 0; axis < Output.Shape.Rank; axis++)
        {
            long span = (long)copy.Strides[axis] * Math.Max(0, Output.Shape[axis] - 1);
            lowest += Math.Min(0, span);
            highest += Math.Max(0, span);
        }

        Require(Output.Elements == 0 || (lowest >= 0 && highest < Input(0).Elements), "it reads outside its input");
    }

    private void Pad(PadLayer pad)
    {
        RequireSharedQuantizer();
        Shape x = Input(0).Shape, y = Output.Shape;
        Require(x.Rank == y.Rank && pad.Begin.Length == x.Rank && pad.End.Length == x.Rank, "one pad per axis");
        Require(pad.Code <= Output.Quantizer.MaxCode, "the padding is no code");
        for (int axis = 0; axis < x.Rank; axis++)
        {
            Require(y[axis] == x[axis] + pad.Begin[axis] + pad.End[axis], "padding of axis " + axis);
            Require(pad.Mode == PadMode.Constant || x[axis] > 0 || y[axis] == 0, "nothing to copy along axis " + axis);
        }
    }

    private void Resize(ResizeLayer resize)
    {
        RequireImages();
        RequireSharedQuantizer();
        Require(Input(0).Shape[0] == Output.Shape[0] && Input(0).Shape[3] == Output.Shape[3], "channels or batch");
        RequireResizeAxis(resize.Rows, Input(0).Shape[1], Output.Shape[1]);
        RequireResizeAxis(resize.Columns, Input(0).Shape[2], Output.Shape[2]);
    }

    private void RequireResizeAxis(ResizeAxis axis, int from, int to)
    {
        Require(axis.Low.Length == to && axis.High.Length == to && axis.Fraction.Length == to, "one entry per output index");
        Require(axis.Low.Concat(axis.High).All(index => index >= 0 && index < from), "it reads outside its input");
        Require(axis.Fraction.All(fraction => fraction is >= 0 and <= 1024), "a fraction is outside 0 .. 1024");
    }

    private void Softmax(SoftmaxLayer softmax)
    {
        RequireLines(softmax.Outer, softmax.Length, softmax.Inner, Output.Elements);
        int[] table = softmax.Exponentials;
        Require(Output.Quantizer.Bits == 8, "the output has " + Output.Quantizer.Bits + " bits");
        Require(table.Length == Input(0).Quantizer.MaxCode + 1, "one exponential per difference of codes");
        Require(table[0] is > 0 and <= 1 << 22, "the first exponential is " + table[0]);
        for (int i = 1; i < table.Length; i++)
            Require(table[i] >= 0 && table[i] <= table[i - 1], "the exponentials rise");

        long sum = (long)softmax.Length * table[0];
        Require((256L * table[0]) + (sum / 2) <= int.MaxValue && sum <= int.MaxValue, "the sum may overflow");
        if (softmax.Log is { } log)
            LogSoftmax(log, table[0], sum);
    }

    private void LogSoftmax(LogSoftmaxTable log, int one, long largestSum)
    {
        Require(1L << log.ExponentBits == one, "the first exponential is not one");
        Require(log.Logarithms.Length == 256 && log.Shift is >= 1 and <= 22 && log.Step >= 0 && log.Octave >= 0, "logarithm table");
        Require(log.ZeroPoint == Output.Quantizer.ZeroPoint, "the zero point is not the output's");
        int octaves = 0;
        while (largestSum >> (octaves + 1) != 0)
            octaves++;

        long largest = ((long)log.Step * Input(0).Quantizer.MaxCode) + ((long)(octaves - log.ExponentBits) * log.Octave)
            + log.Logarithms.Max() + (1L << log.Shift);
        Require(largest <= int.MaxValue, "the logarithm may overflow");
    }

    private void RequireMultipliers(Requantization requantization, int channels)
    {
        RequantizationInvariants.Verify(requantization, layer, Output.Quantizer);
        int count = requantization.Multipliers.Length;
        Require(count == 1 || count == channels, "it has " + count + " multipliers for " + channels + " channels");
    }

    private void RequireBroadcast()
    {
        var shape = Broadcast.Result(Input(0).Shape, Input(1).Shape);
        Require(shape is not null && shape.Equals(Output.Shape), "the inputs do not broadcast to the output");
    }

    private void RequireImages() => Require(Input(0).Shape.Rank == 4 && Output.Shape.Rank == 4, "input or output is no image");

    private void RequireSameShape() => Require(Input(0).Shape.Equals(Output.Shape), "input and output differ in shape");

    private void RequireSharedQuantizer() => Require(Input(0).Quantizer == Output.Quantizer, "input and output differ in quantizer");

    private void RequireLines(int outer, int length, int inner, int outputs)
    {
        Require(length > 0 && (long)outer * length * inner == Input(0).Elements, "the lines do not make up the input");
        Require(outputs == Output.Elements, "the lines do not make up the output");
    }

    /// <summary>Every window has at least one tap inside the image.</summary>
    private void RequireWindow(Window window)
    {
        for (int axis = 0; axis < 2; axis++)
        {
            int size = Input(0).Shape[axis + 1], count = Output.Shape[axis + 1];
            for (int i = 0; i < count; i++)
                Require(HasTapInside(window, axis, i, size), "the window at " + i + " along axis " + axis + " lies outside the image");
        }
    }

    private static bool HasTapInside(Window window, int axis, int outputIndex, int size)
    {
        int first = (outputIndex * window.Strides[axis]) - window.PadsBegin[axis];
        for (int tap = 0; tap < window.Kernel[axis]; tap++)
        {
            int index = first + (tap * window.Dilations[axis]);
            if (index >= 0 && index < size)
                return true;
        }

        return false;
    }

    private static int LastAxis(Shape shape) => shape.Rank == 0 ? 1 : shape[shape.Rank - 1];

    private void Require(bool condition, string what) => NetworkInvariants.Require(condition, layer.Name, layer.Operator, what);
}
