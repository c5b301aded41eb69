using System.Collections.Immutable;
using System.Linq;
using QuantMcu.Compiler.Graph.Operators;
using QuantMcu.Compiler.Reference.Float;

namespace QuantMcu.Compiler.Graph.Import;

/// <summary>
/// Evaluates what a model computes from constants alone while it is imported: shapes, axes and the like, which later nodes need
/// by value. Weights are left to Simplify, and Quantize and Dequantize always stay, as they carry the model's own scales.
/// </summary>
internal static class ConstantFolder
{
    /// <summary>Elements up to which a constant counts as shape arithmetic.</summary>
    private const int Small = 4096;

    /// <summary>The outputs as constants, or default where the node must stay.</summary>
    public static ImmutableArray<Value> Fold(Node node)
    {
        if (node.Inputs.Any(input => input is { Constant: null }))
            return default;

        // A view of a constant costs nothing, whatever its size.
        return node.Operator switch
        {
            Identity => Constants(node, node.Inputs[0]!.Constant!),
            Reshape reshape => Constants(node, node.Inputs[0]!.Constant!.Reshape(reshape.Shape)),
            _ when IsShapeArithmetic(node.Operator) && IsSmall(node) =>
                Constants(node, FloatInterpreter.Evaluate(node, node.Inputs.Select(input => input?.Constant).ToArray())),
            _ => default,
        };
    }

    private static bool IsShapeArithmetic(Operator @operator) => @operator
        is Binary or Unary or Clip or Cast or Concat or Split or Slice or Gather or Expand or Reduce or Transpose or Pad;

    private static bool IsSmall(Node node) =>
        node.Inputs.All(input => input is null || input.Shape.Elements <= Small)
        && node.Outputs.All(output => output.Shape.Elements <= Small);

    private static ImmutableArray<Value> Constants(Node node, params Tensor[] tensors) =>
        tensors.Select((tensor, i) => new Value(node.Outputs[i].Name, tensor)).ToImmutableArray();
}
