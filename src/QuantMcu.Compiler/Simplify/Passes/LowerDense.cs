using System.Collections.Immutable;
using System.Linq;
using QuantMcu.Compiler.Graph;
using QuantMcu.Compiler.Graph.Operators;

namespace QuantMcu.Compiler.Simplify.Passes;

/// <summary>
/// Matrix products with constant weights become 1x1 convolutions of a [1, K, 1, rows] image between Reshapes (and, for more than
/// one row, Transposes, which the layout pass absorbs). A Gemm of two activations becomes MatMul.
/// </summary>
public sealed class LowerDense : NodePass
{
    protected override bool Rewrite(GraphRewriter rewriter, Node node)
    {
        switch (node.Operator)
        {
            case Gemm gemm:
                new GemmLowering(rewriter, node, gemm).Emit();
                return true;
            case MatMul:
                return RewriteMatMul(rewriter, node);
            default:
                return false;
        }
    }

    private static bool RewriteMatMul(GraphRewriter rewriter, Node node)
    {
        var (a, b) = (rewriter.Input(node, 0), rewriter.Input(node, 1));
        if (IsMatrix(rewriter, b))
        {
            var weights = ConvWeights(rewriter, b, transpose: true);
            rewriter.Replace(node.Output, Dense(rewriter, node, a, weights, null, node.Output.Shape));
            return true;
        }

        if (!IsMatrix(rewriter, a))
            return false;

        var product = DenseFromLeft(rewriter, node, ConvWeights(rewriter, a, transpose: false), b);
        rewriter.Replace(node.Output, Shaped(rewriter, node.Output.Name, product, node.Output.Shape));
        return true;
    }

    /// <summary>Known weights that are one matrix (or vector), whatever their rank.</summary>
    private static bool IsMatrix(GraphRewriter rewriter, Value value) =>
        Weights.AreKnown(rewriter, value) && value.Shape.Rank > 0
            && value.Shape.Take(value.Shape.Rank - 2).All(size => size == 1);

    /// <summary>
    /// [.., M, K], or [.., K, M] if <paramref name="transpose"/>, or a vector [K], as the weights [M, K, 1, 1] of a convolution.
    /// </summary>
    private static Value ConvWeights(GraphRewriter rewriter, Value matrix, bool transpose)
    {
        int rank = matrix.Shape.Rank;
        if (rank == 1)
            return Weights.Rearrange(rewriter, matrix, new[] { 0 }, new Shape(1, matrix.Shape[0], 1, 1));

        int outputs = transpose ? rank - 1 : rank - 2, inputs = transpose ? rank - 2 : rank - 1;
        var permutation = new[] { outputs, inputs }.Concat(Enumerable.Range(0, rank - 2)).ToArray();
        return Weights.Rearrange(rewriter, matrix, permutation, new Shape(matrix.Shape[outputs], matrix.Shape[inputs], 1, 1));
    }

    /// <summary>x[.., K] times weights[M, K, 1, 1]: [.., M], given the shape <paramref name="output"/>.</summary>
    private static Value Dense(GraphRewriter rewriter, Node node, Value x, Value weights, Value? bias, Shape output)
    {
        int inputs = weights.Shape[1], outputs = weights.Shape[0], rows = x.Shape.Elements / inputs;
        string name = node.Output.Name;
        var image = Shaped(rewriter, node.Name + "/image", x, new Shape(1, rows, inputs));
        image = Swapped(rewriter, node.Name + "/image", image);
        image = Shaped(rewriter, node.Name + "/image", image, new Shape(1, inputs, 1, rows));

        var y = rewriter.Emit(node.Name, new Conv(Window.Pointwise(2), 1, Layout.ChannelsFirst), name, image, weights, bias);
        y = Shaped(rewriter, name, y, new Shape(1, outputs, rows));
        return Shaped(rewriter, name, Swapped(rewriter, name, y), output);
    }

    /// <summary>
    /// Weights from the left, as the transpose of (x transposed times weights): [.., M, N], or [M] for a vector x.
    /// </summary>
    private static Value DenseFromLeft(GraphRewriter rewriter, Node node, Value weights, Value x)
    {
        if (x.Shape.Rank == 1)
            return Dense(rewriter, node, x, weights, null, new Shape(weights.Shape[0]));

        var columns = Swapped(rewriter, node.Name + "/columns", x);
        var output = new Shape(columns.Shape.Dimensions.SetItem(columns.Shape.Rank - 1, weights.Shape[0]));
        return Swapped(rewriter, node.Output.Name, Dense(rewriter, node, columns, weights, null, output));
    }

    private static Value Shaped(GraphRewriter rewriter, string name, Value value, Shape shape) =>
        value.Shape.Equals(shape) ? value : rewriter.Emit(name + "/reshape", new Reshape(shape), name, value);

    /// <summary>The last two axes exchanged.</summary>
    private static Value Swapped(GraphRewriter rewriter, string name, Value value)
    {
        int rank = value.Shape.Rank;
        var permutation = Enumerable.Range(0, rank).ToImmutableArray().SetItem(rank - 2, rank - 1).SetItem(rank - 1, rank - 2);
        return rewriter.Emit(name + "/transpose", new Transpose(permutation), name, value);
    }

    /// <summary>One Gemm: Alpha * A' * B' + Beta * C.</summary>
    private sealed class GemmLowering
    {
        private readonly GraphRewriter rewriter;
        private readonly Node node;
        private readonly Gemm gemm;

        public GemmLowering(GraphRewriter rewriter, Node node, Gemm gemm)
        {
            this.rewriter = rewriter;
            this.node = node;
            this.gemm = gemm;
        }

        public void Emit()
        {
            var (a, b) = (rewriter.Input(node, 0), rewriter.Input(node, 1));
            var bias = Weights.AreKnown(rewriter, b) ? ConstantBias() : null;
            var product = Product(a, b, bias, out bool isScaled);
            if (!isScaled)
                product = Scaled(product, gemm.Alpha);

            if (bias is null && rewriter.OptionalInput(node, 2) is { } c && gemm.Beta != 0)
            {
                var addend = Scaled(c, gemm.Beta);
                product = rewriter.Emit(node.Name + "/add", new Binary(BinaryKind.Add), node.Output.Name, product, addend);
            }

            rewriter.Replace(node.Output, product);
        }

        private Value Product(Value a, Value b, Value? bias, out bool isScaled)
        {
            isScaled = true;
            if (Weights.AreKnown(rewriter, b))
            {
                var x = gemm.TransposeA ? Swapped(rewriter, node.Name + "/rows", a) : a;
                var weights = WithAlpha(ConvWeights(rewriter, b, !gemm.TransposeB), ref isScaled);
                return Dense(rewriter, node, x, weights, bias, node.Output.Shape);
            }

            if (Weights.AreKnown(rewriter, a))
            {
                var x = gemm.TransposeB ? Swapped(rewriter, node.Name + "/columns", b) : b;
                return DenseFromLeft(rewriter, node, WithAlpha(ConvWeights(rewriter, a, gemm.TransposeA), ref isScaled), x);
            }

            isScaled = false;
            var left = gemm.TransposeA ? Swapped(rewriter, node.Name + "/a", a) : a;
            var right = gemm.TransposeB ? Swapped(rewriter, node.Name + "/b", b) : b;
            return rewriter.Emit(node.Name, new MatMul(), node.Output.Name, left, right);
        }

        /// <summary>Alpha goes into constant weights; codes cannot take it.</summary>
        private Value WithAlpha(Value weights, ref bool isScaled)
        {
            if (gemm.Alpha == 1f)
                return weights;

            isScaled = weights.Constant is not null;
            return isScaled
                ? Constants.Float(weights.Name, weights.Shape, weights.Constant!.ToDoubles().Select(w => w * gemm.Alpha))
                : weights;
        }

        /// <summary>
        /// Beta * C as a bias, where C is constant and the same for every row, and Alpha does not come after it.
        /// </summary>
        private Value? ConstantBias()
        {
            if (rewriter.OptionalInput(node, 2) is not { Constant: { } c } value
                || (gemm.Alpha != 1f && rewriter.Input(node, 1).Constant is null))
                return null;

            int outputs = node.Output.Shape[1];
            if (c.Shape.Elements != 1 && (c.Shape.Elements != outputs || c.Shape[c.Shape.Rank - 1] != outputs))
                return null;

            var row = Constants.Broadcast(c.Reshape(new Shape(c.Shape.Elements)), new Shape(outputs));
            return Constants.Float(value.Name, row.Shape, row.ToDoubles().Select(element => element * gemm.Beta));
        }

        private Value Scaled(Value value, float factor)
        {
            if (factor == 1f)
                return value;

            if (value.Constant is { } constant)
                return Constants.Float(value.Name, value.Shape, constant.ToDoubles().Select(element => element * factor));

            var scalar = Constants.Float(node.Name + "/factor", Shape.Scalar, new double[] { factor });
            return rewriter.Emit(node.Name + "/scale", new Binary(BinaryKind.Mul), value.Name + "/scaled", value, scalar);
        }
    }
}
