using System.Collections.Generic;
using System.Collections.Immutable;
using System.Linq;
using QuantMcu.Compiler.Graph;

namespace QuantMcu.Compiler.Lowering.CSharp;

/// <summary>
/// Loops over a result in row-major order, with the strides by which operands move along; axes that every operand walks as if
/// they were one are one. There is at least one axis.
/// </summary>
/// <param name="Sizes">Trip counts, outermost first.</param>
/// <param name="Strides">Per operand one stride in elements for each axis.</param>
public sealed record LoopNest(ImmutableArray<int> Sizes, ImmutableArray<ImmutableArray<int>> Strides)
{
    public static LoopNest Of(Shape shape, params IReadOnlyList<int>[] operands)
    {
        var sizes = new List<int>();
        var strides = operands.Select(_ => new List<int>()).ToArray();
        for (int axis = 0; axis < shape.Rank; axis++)
        {
            if (shape[axis] == 1)
                continue;

            int last = sizes.Count - 1;
            bool joins = last >= 0 && Enumerable.Range(0, operands.Length)
                .All(operand => strides[operand][last] == operands[operand][axis] * shape[axis]);
            if (joins)
                sizes[last] *= shape[axis];
            else
                sizes.Add(shape[axis]);

            for (int operand = 0; operand < operands.Length; operand++)
            {
                if (joins)
                    strides[operand][last] = operands[operand][axis];
                else
                    strides[operand].Add(operands[operand][axis]);
            }
        }

        if (sizes.Count == 0)
        {
            sizes.Add(1);
            foreach (var list in strides)
                list.Add(1);
        }

        return new LoopNest(sizes.ToImmutableArray(), strides.Select(list => list.ToImmutableArray()).ToImmutableArray());
    }

    /// <summary>Another loop inside this nest's; it is not made one with any.</summary>
    public LoopNest Then(int size, IEnumerable<int> strides)
    {
        bool once = Sizes.Length == 1 && Row == 1;
        var sizes = once ? ImmutableArray<int>.Empty : Sizes;
        return new LoopNest(
            sizes.Add(size),
            strides.Select((stride, i) => (once ? ImmutableArray<int>.Empty : Strides[i]).Add(stride)).ToImmutableArray());
    }

    /// <summary>Trip count of the innermost loop.</summary>
    public int Row => Sizes[Sizes.Length - 1];

    /// <summary>Stride of an operand in the innermost loop.</summary>
    public int RowStride(int operand) => Strides[operand][Sizes.Length - 1];

    /// <summary>The operand is walked element by element like the result.</summary>
    public bool IsContiguous(int operand) => Sizes.Length == 1 && RowStride(operand) == 1;
}
