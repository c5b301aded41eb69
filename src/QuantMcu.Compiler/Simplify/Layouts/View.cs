using System.Collections.Generic;
using System.Collections.Immutable;
using System.Linq;
using QuantMcu.Compiler.Graph;

namespace QuantMcu.Compiler.Simplify.Layouts;

/// <summary>
/// A tensor as the source model sees it (<see cref="Shape"/>, row-major), told as a rearrangement of a tensor that the new graph
/// holds (<see cref="Physical"/>). Its elements are seen as a grid of <see cref="Factors"/>:
/// <code>logical = Reshape(Transpose(Reshape(Physical, Factors), Order), Shape)</code>
/// so Reshape and Transpose cost nothing: they give another view of the same physical tensor. Factors of size 1 are left out.
/// Example: the NHWC tensor [1, 4, 5, 8] that stands for NCHW [1, 8, 4, 5] has factors (4, 5, 8) in order (2, 0, 1); flattening
/// it to [1, 160] changes only the shape.
/// </summary>
internal sealed class View
{
    private View(Value physical, Shape shape, ImmutableArray<int> factors, ImmutableArray<int> order)
    {
        Physical = physical;
        Shape = shape;
        Factors = factors;
        Order = order;
    }

    public Value Physical { get; }

    public Shape Shape { get; }

    /// <summary>Sizes of the grid, outermost first in the physical tensor.</summary>
    public ImmutableArray<int> Factors { get; }

    /// <summary>Order[i] is the index, into the factors, of the logical tensor's i-th factor.</summary>
    public ImmutableArray<int> Order { get; }

    public bool IsIdentity => Order.SequenceEqual(Enumerable.Range(0, Order.Length));

    /// <summary>The value as it is.</summary>
    public static View Of(Value value) => Of(value, value.Shape, Enumerable.Range(0, value.Shape.Rank).ToArray());

    /// <summary>
    /// A physical tensor whose axes hold, in turn, the logical axes <paramref name="axes"/>; left-out and extra axes have size 1.
    /// </summary>
    public static View Of(Value physical, Shape shape, IReadOnlyList<int> axes)
    {
        var kept = axes.Where(axis => shape[axis] != 1).ToList();
        var order = kept.OrderBy(axis => axis).Select(axis => kept.IndexOf(axis));
        return new View(physical, shape, kept.Select(axis => shape[axis]).ToImmutableArray(), order.ToImmutableArray());
    }

    /// <summary>
    /// The same arrangement of another physical tensor of the same shape: the result of an elementwise function.
    /// </summary>
    public View With(Value physical) => new(physical, Shape, Factors, Order);

    /// <summary>The factors in another logical order; the shape is left as it is and may no longer fit.</summary>
    public View InOrder(ImmutableArray<int> order) => new(Physical, Shape, Factors, order);

    /// <summary>The same elements in the same order under another shape.</summary>
    public View Reshape(Shape shape) => new(Physical, shape, Factors, Order);

    /// <summary>The transposed view, or null where an axis is not made of whole factors.</summary>
    public View? Transpose(IReadOnlyList<int> permutation)
    {
        if (Refine() is not { } refined)
            return null;

        var axes = refined.Axes();
        var order = permutation.SelectMany(axis => axes[axis]).ToImmutableArray();
        return new View(Physical, new Shape(permutation.Select(axis => Shape[axis])), refined.Factors, order);
    }

    /// <summary>Whether the two lay out equal shapes in the same way.</summary>
    public bool IsLaidOutLike(View other)
    {
        var (mine, theirs) = (Merge(), other.Merge());
        return Shape.Equals(other.Shape) && mine.Factors.SequenceEqual(theirs.Factors) && mine.Order.SequenceEqual(theirs.Order);
    }

    /// <summary>Splits factors until every logical axis is made of whole factors, or null where that cannot be.</summary>
    public View? Refine()
    {
        var merged = Merge();
        return merged.Split(Shape, merged.Order);
    }

    /// <summary>
    /// Splits factors until every physical axis is made of whole factors as well, or null where that cannot be.
    /// </summary>
    public View? RefinePhysical() => Split(Physical.Shape, Enumerable.Range(0, Factors.Length).ToImmutableArray());

    /// <summary>The factors that make up each logical axis, in logical order. Only of a refined view.</summary>
    public int[][] Axes() => Group(Shape, Order);

    /// <summary>The factors that make up each physical axis. Only of a view refined for it.</summary>
    public int[][] PhysicalAxes() => Group(Physical.Shape, Enumerable.Range(0, Factors.Length).ToImmutableArray());

    /// <summary>Makes one factor of neighbours that are neighbours in both orders.</summary>
    public View Merge()
    {
        var factors = new List<int>();
        var position = new int[Factors.Length];
        var logical = Constants.Inverse(Order);
        for (int i = 0; i < Factors.Length; i++)
        {
            if (i > 0 && logical[i] == logical[i - 1] + 1)
                factors[factors.Count - 1] *= Factors[i];
            else
                factors.Add(Factors[i]);

            position[i] = factors.Count - 1;
        }

        return new View(
            Physical, Shape, factors.ToImmutableArray(), Order.Select(i => position[i]).Distinct().ToImmutableArray());
    }

    /// <summary>
    /// Cuts the factors, taken in <paramref name="order"/>, at the boundaries of the axes of <paramref name="shape"/>.
    /// </summary>
    private View? Split(Shape shape, ImmutableArray<int> order)
    {
        var pieces = Factors.Select(_ => new List<int>()).ToArray();
        int next = 0;
        int remaining = 1;
        foreach (int size in shape)
        {
            for (int needed = size; needed > 1;)
            {
                if (remaining == 1)
                    remaining = Factors[order[next++]];

                if (needed % remaining != 0 && remaining % needed != 0)
                    return null;

                int piece = System.Math.Min(needed, remaining);
                pieces[order[next - 1]].Add(piece);
                needed /= piece;
                remaining /= piece;
            }
        }

        var first = new int[pieces.Length];
        for (int i = 1; i < pieces.Length; i++)
            first[i] = first[i - 1] + pieces[i - 1].Count;

        var refined = Order.SelectMany(i => Enumerable.Range(first[i], pieces[i].Count));
        return new View(Physical, Shape, pieces.SelectMany(piece => piece).ToImmutableArray(), refined.ToImmutableArray());
    }

    private int[][] Group(Shape shape, ImmutableArray<int> order)
    {
        int next = 0;
        return shape.Select(size =>
        {
            var group = new List<int>();
            for (int product = 1; product < size; next++)
            {
                product *= Factors[order[next]];
                group.Add(order[next]);
            }

            return group.ToArray();
        }).ToArray();
    }
}
