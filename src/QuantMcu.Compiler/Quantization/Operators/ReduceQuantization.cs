using System.Collections.Generic;
using System.Linq;
using QuantMcu.Compiler.Graph;
using QuantMcu.Compiler.Graph.Operators;
using QuantMcu.Compiler.Quantization.Invariants;
using QuantMcu.Compiler.Quantization.Layers;

namespace QuantMcu.Compiler.Quantization.Operators;

/// <summary>ReduceMean, ReduceSum, ReduceMax and the global pools: <see cref="ReduceLayer"/>, over one run of axes.</summary>
internal static class ReduceQuantization
{
    public static void Add(Node node, Reduce reduce, NetworkBuilder builder)
    {
        int y = builder.Declare(node.Output);
        var output = builder.Quantizer(y);
        int x = reduce.Kind == ReduceKind.Max ? builder.Operand(node.Inputs[0]!, output) : builder.Operand(node.Inputs[0]!);
        var shape = node.Inputs[0]!.Shape;
        var axes = reduce.Axes.Where(axis => shape[axis] > 1).ToList();
        int length = axes.Aggregate(1, (product, axis) => product * shape[axis]);
        if (length == 0)
            throw Unsupported.Form(node, "it reduces nothing", "Check the model's shapes.");

        int outer = shape.Elements / length, inner = 1;
        if (AreOneRun(axes, shape))
        {
            inner = axes.Count == 0 ? 1 : shape.Skip(axes[axes.Count - 1] + 1).Aggregate(1, (product, d) => product * d);
            outer /= inner;
        }
        else
            x = MoveLast(node, x, axes, shape, builder);

        var requantization = Requantize(node, reduce.Kind, length, builder.Quantizer(x), output);
        builder.Add(new ReduceLayer(node.Name, [x], y, reduce.Kind, outer, length, inner, requantization));
    }

    private static Requantization Requantize(Node node, ReduceKind kind, int length, Quantizer input, Quantizer output)
    {
        if (kind == ReduceKind.Max)
            return new Requantization([0], 0, 1, output.ZeroPoint, 0, output.MaxCode);

        double ratio = input.Scale / output.Scale / (kind == ReduceKind.Mean ? length : 1);
        var range = AccumulatorRange.Difference(input).Times(length);
        return RequantizationPlanner.Plan([ratio], range, output, 0, output.MaxCode)
            ?? throw Unsupported.Overflow(node, "sums of " + length + " values reach " + range.Magnitude);
    }

    /// <summary>No axis longer than 1 lies between two of the reduced ones.</summary>
    private static bool AreOneRun(List<int> axes, Shape shape) =>
        axes.Count == 0
        || Enumerable.Range(axes[0], axes[axes.Count - 1] - axes[0]).All(axis => shape[axis] == 1 || axes.Contains(axis));

    /// <summary>Transposes the reduced axes to the end.</summary>
    private static int MoveLast(Node node, int x, List<int> axes, Shape shape, NetworkBuilder builder)
    {
        var order = Enumerable.Range(0, shape.Rank).Where(axis => !axes.Contains(axis)).Concat(axes).ToList();
        var strides = shape.Strides();
        int moved = builder.Temporary(node.Name + ":axes", new Shape(order.Select(axis => shape[axis])), builder.Quantizer(x));
        builder.Add(new StridedCopyLayer(node.Name, [x], moved, "Transpose", 0, [.. order.Select(axis => strides[axis])]));
        return moved;
    }
}
