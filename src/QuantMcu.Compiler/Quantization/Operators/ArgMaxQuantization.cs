using System.Linq;
using QuantMcu.Compiler.Graph;
using QuantMcu.Compiler.Graph.Operators;
using QuantMcu.Compiler.Quantization.Layers;
using QuantMcu.Compiler.Quantization.Ranges;

namespace QuantMcu.Compiler.Quantization.Operators;

/// <summary><see cref="ArgMaxLayer"/>; the index is the code.</summary>
internal static class ArgMaxQuantization
{
    public static void Add(Node node, ArgMax argMax, NetworkBuilder builder)
    {
        var shape = node.Inputs[0]!.Shape;
        int length = shape[argMax.Axis];
        if (length is 0 or > 256)
            throw Unsupported.Form(node, "it chooses among " + length + " values, but an 8-bit index has 256", "Leave the ArgMax to the caller.");

        int inner = shape.Skip(argMax.Axis + 1).Aggregate(1, (product, d) => product * d);
        int x = builder.Operand(node.Inputs[0]!);
        int y = builder.Declare(node.Output, SharedQuantizers.Unit);
        builder.Add(new ArgMaxLayer(node.Name, [x], y, shape.Elements / length / inner, length, inner, argMax.SelectLast));
    }
}
