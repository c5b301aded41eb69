using System;
using System.Linq;
using QuantMcu.Compiler.Diagnostics;
using QuantMcu.Compiler.Graph;
using QuantMcu.Compiler.Graph.Operators;
using QuantMcu.Compiler.Quantization.Invariants;
using QuantMcu.Compiler.Quantization.Layers;

namespace QuantMcu.Compiler.Quantization.Operators;

/// <summary>PRelu: a table where all channels have one slope, else <see cref="PReluLayer"/>.</summary>
internal static class PReluQuantization
{
    public static void Add(Node node, NetworkBuilder builder)
    {
        var slopes = Slopes(node, builder);
        int x = builder.Operand(node.Inputs[0]!);
        int y = builder.Declare(node.Output);
        Quantizer input = builder.Quantizer(x), output = builder.Quantizer(y);
        if (slopes.Length == 1)
        {
            var table = LookupTable.Of(input, output, real => real < 0 ? slopes[0] * real : real);
            builder.Add(new LookupLayer(node.Name, [x], y, node.Operator.Name, table));
            return;
        }

        double ratio = input.Scale / output.Scale;
        var difference = AccumulatorRange.Difference(input);
        builder.Add(new PReluLayer(
            node.Name, [x], y,
            Plan(node, [ratio], difference with { Min = 0 }, output),
            Plan(node, Array.ConvertAll(slopes, slope => ratio * slope), difference with { Max = 0 }, output)));
    }

    private static Requantization Plan(Node node, double[] ratios, AccumulatorRange range, Quantizer output) =>
        RequantizationPlanner.Plan(ratios, range, output, 0, output.MaxCode)
        ?? throw Unsupported.Overflow(node, "the slopes reach " + ratios.Max() + " output codes per input code");

    /// <summary>One slope, or one per channel (last axis).</summary>
    private static double[] Slopes(Node node, NetworkBuilder builder)
    {
        var slope = node.Inputs[1]!;
        var constant = builder.Constant(slope)
            ?? throw new ModelException(OnnxRules.NotConstant, node.Name, "slope", node.Operator.Name, slope.Name);
        var values = constant.ToDoubles();
        if (values.All(value => value == values[0]))
            return [values[0]];
        if (slope.Shape[slope.Shape.Rank - 1] != values.Length)
            throw Unsupported.Form(node, "its slope of shape " + slope.Shape + " varies along other axes than the channels", "Use one slope per channel.");

        return values;
    }
}
