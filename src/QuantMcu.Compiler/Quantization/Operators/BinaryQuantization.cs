using System;
using System.Linq;
using QuantMcu.Compiler.Graph;
using QuantMcu.Compiler.Graph.Operators;
using QuantMcu.Compiler.Quantization.Layers;
using QuantMcu.Compiler.Reference.Float;

namespace QuantMcu.Compiler.Quantization.Operators;

/// <summary>Elementwise functions of two tensors; with one number for an operand they are functions of one tensor, so tables.</summary>
internal static class BinaryQuantization
{
    public static void Add(Node node, Binary binary, NetworkBuilder builder)
    {
        Tensor? left = builder.Constant(node.Inputs[0]!), right = builder.Constant(node.Inputs[1]!);
        if (right is { Shape.Elements: 1 } && node.Inputs[0]!.Shape.Equals(node.Output.Shape))
            AddTable(node, node.Inputs[0]!, reals => [reals, Repeat(right, reals)], builder);
        else if (left is { Shape.Elements: 1 } && node.Inputs[1]!.Shape.Equals(node.Output.Shape))
            AddTable(node, node.Inputs[1]!, reals => [Repeat(left, reals), reals], builder);
        else
            AddLayer(node, binary, right, builder);
    }

    private static void AddLayer(Node node, Binary binary, Tensor? right, NetworkBuilder builder)
    {
        switch (binary.Kind)
        {
            case BinaryKind.Add or BinaryKind.Sub:
                AddQuantization.Add(node, binary, builder);
                break;
            case BinaryKind.Mul:
                MulQuantization.Add(node, binary, builder);
                break;
            case BinaryKind.Div when right is not null:
                MulQuantization.Add(Reciprocal(node, right), binary with { Kind = BinaryKind.Mul }, builder);
                break;
            case BinaryKind.Div:
                throw Unsupported.Operator(node, "A quotient of two activations cannot be computed in 8 bits: divide by a constant, or move the division behind the network.");
            default:
                throw Unsupported.Operator(node, "With two tensors for operands it is not supported: make one a single constant, or use Add, Sub, Mul.");
        }
    }

    /// <summary>The same node with its divisor's reciprocals for a factor.</summary>
    private static Node Reciprocal(Node node, Tensor divisor)
    {
        var factors = divisor.ToDoubles().Select(value => (float)(1 / value)).ToArray();
        if (factors.Any(factor => float.IsNaN(factor) || float.IsInfinity(factor)))
            throw Unsupported.Form(node, "a divisor is zero", "Check the model's constants.");

        var factor = new Value(node.Inputs[1]!.Name, Tensor.Of(divisor.Shape, factors));
        return new Node(node.Name, node.Operator, node.Inputs.SetItem(1, factor), node.Outputs);
    }

    private static void AddTable(Node node, Value operand, Func<Tensor, Tensor[]> operands, NetworkBuilder builder)
    {
        int x = builder.Operand(operand);
        int y = builder.Declare(node.Output);
        var table = FunctionTable.Of(node, builder.Quantizer(x), builder.Quantizer(y), operands);
        builder.Add(new LookupLayer(node.Name, [x], y, node.Operator.Name, table));
    }

    private static Tensor Repeat(Tensor scalar, Tensor like) =>
        Tensor.Of(like.Shape, Enumerable.Repeat((float)scalar.At(0), like.Shape.Elements).ToArray());
}
