using System.Linq;
using QuantMcu.Compiler.Graph;
using QuantMcu.Compiler.Quantization.Invariants;
using QuantMcu.Compiler.Quantization.Layers;

namespace QuantMcu.Compiler.Quantization.Operators;

/// <summary>Product of two activations: <see cref="MatMulLayer"/>.</summary>
internal static class MatMulQuantization
{
    public static void Add(Node node, NetworkBuilder builder)
    {
        Shape left = node.Inputs[0]!.Shape, right = node.Inputs[1]!.Shape;
        int m = left.Rank == 1 ? 1 : left[left.Rank - 2], k = left[left.Rank - 1], n = right.Rank == 1 ? 1 : right[right.Rank - 1];
        int batch = node.Output.Shape.Elements / (m * n);
        int batchA = left.Elements / (m * k), batchB = right.Elements / (k * n);
        if ((batchA != batch && batchA != 1) || (batchB != batch && batchB != 1))
            throw Unsupported.Form(node, "batches of shapes " + left + " and " + right + " broadcast axis by axis", "Give both operands the same batch axes.");

        int a = builder.Operand(node.Inputs[0]!), b = builder.Operand(node.Inputs[1]!);
        int y = builder.Declare(node.Output);
        Quantizer qa = builder.Quantizer(a), qb = builder.Quantizer(b), output = builder.Quantizer(y);
        var range = AccumulatorRange.Product(qa, qb).Times(k);
        var requantization = RequantizationPlanner.Plan([qa.Scale * qb.Scale / output.Scale], range, output, 0, output.MaxCode)
            ?? throw Unsupported.Overflow(node, "sums of " + k + " products reach " + range.Magnitude);

        bool sharedA = batchA == 1 && batch > 1, sharedB = batchB == 1 && batch > 1;
        builder.Add(new MatMulLayer(node.Name, [a, b], y, batch, m, k, n, sharedA, sharedB, requantization));
    }
}
