using System.Linq;
using QuantMcu.Compiler.Graph;
using QuantMcu.Compiler.Graph.Operators;
using QuantMcu.Compiler.Quantization.Invariants;
using QuantMcu.Compiler.Quantization.Layers;

namespace QuantMcu.Compiler.Quantization.Operators;

/// <summary><see cref="MaxPoolLayer"/> and <see cref="AveragePoolLayer"/>.</summary>
internal static class PoolQuantization
{
    public static void AddMax(Node node, MaxPool pool, NetworkBuilder builder)
    {
        RequireImage(node, pool.Window, pool.Layout);
        int y = builder.Declare(node.Output);
        int x = builder.Operand(node.Inputs[0]!, builder.Quantizer(y));
        builder.Add(new MaxPoolLayer(node.Name, [x], y, pool.Window));
    }

    public static void AddAverage(Node node, AveragePool pool, NetworkBuilder builder)
    {
        RequireImage(node, pool.Window, pool.Layout);
        int x = builder.Operand(node.Inputs[0]!);
        int y = builder.Declare(node.Output);
        Quantizer input = builder.Quantizer(x), output = builder.Quantizer(y);
        int taps = pool.Window.Taps;
        var ratios = Enumerable.Range(1, taps).Select(count => input.Scale / (output.Scale * count)).ToArray();
        var range = AccumulatorRange.Difference(input).Times(taps);
        var requantization = RequantizationPlanner.Plan(ratios, range, output, 0, output.MaxCode)
            ?? throw Unsupported.Overflow(node, "sums of " + taps + " values reach " + range.Magnitude);

        // The plan merges equal multipliers, but this layer is defined with one per count.
        if (requantization.Multipliers.Length != taps)
            requantization = requantization with { Multipliers = [.. Enumerable.Repeat(requantization.Multipliers[0], taps)] };
        builder.Add(new AveragePoolLayer(node.Name, [x], y, pool.Window, pool.CountIncludePad, requantization));
    }

    private static void RequireImage(Node node, Window window, Layout layout)
    {
        if (layout != Layout.ChannelsLast || window.Rank != 2)
            throw Unsupported.Form(node, "it is not a 2-D pool with channels last", "Export the model with 1-D or 2-D pools.");

        Shape x = node.Inputs[0]!.Shape, y = node.Output.Shape;
        for (int axis = 0; axis < 2; axis++)
        {
            for (int i = 0; i < y[axis + 1]; i++)
            {
                int first = (i * window.Strides[axis]) - window.PadsBegin[axis];
                bool inside = Enumerable.Range(0, window.Kernel[axis])
                    .Any(tap => first + (tap * window.Dilations[axis]) is var index && index >= 0 && index < x[axis + 1]);
                if (!inside)
                    throw Unsupported.Form(node, "a window lies in the padding altogether", "Use less padding than the kernel's size.");
            }
        }
    }
}
