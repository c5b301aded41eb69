using System.Collections.Immutable;
using System.Linq;
using QuantMcu.Compiler.Graph;
using QuantMcu.Compiler.Graph.Operators;
using QuantMcu.Compiler.Reference.Float;

namespace QuantMcu.Compiler.Tests.Reference.Float;

/// <summary>One operator on literal values.</summary>
internal static class Evaluating
{
    public static Tensor Evaluate(Operator @operator, params Tensor?[] inputs) => EvaluateAll(@operator, inputs)[0];

    public static Tensor[] EvaluateAll(Operator @operator, params Tensor?[] inputs)
    {
        var values = inputs.Select((tensor, i) => tensor is null ? null : new Value("x" + i, tensor.Type)).ToImmutableArray();
        return FloatInterpreter.Evaluate(Node.Create("node", @operator, values), inputs);
    }

    public static Tensor Vector(params float[] values) => Tensor.Of(new Shape(values.Length), values);

    public static Tensor Image(Shape shape, params float[] values) => Tensor.Of(shape, values);

    public static Tensor Integers(ElementType element, params long[] values) =>
        Tensor.Of(new Shape(values.Length), values, element);

    public static Window Window(
        int[] kernel, int[]? strides = null, int[]? dilations = null, int[]? begin = null, int[]? end = null)
    {
        var ones = Enumerable.Repeat(1, kernel.Length).ToArray();
        var zeros = new int[kernel.Length];
        return new Window(
            ImmutableArray.Create(kernel),
            ImmutableArray.Create(strides ?? ones),
            ImmutableArray.Create(dilations ?? ones),
            ImmutableArray.Create(begin ?? zeros),
            ImmutableArray.Create(end ?? zeros));
    }

    /// <summary>Channels first to channels last.</summary>
    public static Tensor ToChannelsLast(Tensor tensor)
    {
        int rank = tensor.Shape.Rank;
        var permutation = Enumerable.Range(2, rank - 2).Prepend(0).Append(1).ToImmutableArray();
        return Evaluate(new Transpose(permutation), tensor);
    }

    public static float[] Count(int count, float step = 1) => Enumerable.Range(1, count).Select(i => i * step).ToArray();
}
