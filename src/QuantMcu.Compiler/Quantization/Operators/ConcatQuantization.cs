using System.Collections.Immutable;
using System.Linq;
using QuantMcu.Compiler.Graph;
using QuantMcu.Compiler.Graph.Operators;
using QuantMcu.Compiler.Quantization.Layers;

namespace QuantMcu.Compiler.Quantization.Operators;

/// <summary><see cref="ConcatLayer"/>; inputs with another quantizer are rescaled.</summary>
internal static class ConcatQuantization
{
    public static void Add(Node node, Concat concat, NetworkBuilder builder)
    {
        int y = builder.Declare(node.Output);
        var parts = node.Inputs.Where(value => value!.Shape.Elements > 0)
            .Select(value => builder.Operand(value!, builder.Quantizer(y))).ToImmutableArray();
        builder.Add(new ConcatLayer(node.Name, parts, y, concat.Axis));
    }
}
