using System.Collections.Immutable;
using QuantMcu.Compiler.Graph.Operators;

namespace QuantMcu.Compiler.Graph.Import;

/// <summary>Evaluates what a model computes from constants alone while it is imported: shapes, axes and the like.</summary>
internal static class ConstantFolder
{
    /// <summary>The outputs as constants, or default where the node must stay.</summary>
    public static ImmutableArray<Value> Fold(Node node)
    {
        if (node.Inputs.Length == 0 || node.Inputs[0]?.Constant is not { } data)
            return default;

        // A view of a constant costs nothing, whatever its size.
        return node.Operator switch
        {
            Identity => Constant(node, data),
            Reshape reshape => Constant(node, data.Reshape(reshape.Shape)),
            _ => default,
        };
    }

    private static ImmutableArray<Value> Constant(Node node, Tensor tensor) => ImmutableArray.Create(new Value(node.Output.Name, tensor));
}
