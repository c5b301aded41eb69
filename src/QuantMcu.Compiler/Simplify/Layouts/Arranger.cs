using System;
using System.Collections.Generic;
using System.Collections.Immutable;
using System.Linq;
using QuantMcu.Compiler.Graph;
using QuantMcu.Compiler.Graph.Operators;

namespace QuantMcu.Compiler.Simplify.Layouts;

/// <summary>
/// Turns views into tensors with a wanted order of axes: nothing, a Reshape, or, where elements must move, a Transpose.
/// </summary>
internal sealed class Arranger
{
    private readonly GraphRewriter rewriter;
    private readonly Dictionary<(Value Value, string Form), Value> made = new();

    public Arranger(GraphRewriter rewriter) => this.rewriter = rewriter;

    /// <summary>The logical tensor itself: its axes in their own order.</summary>
    public Value Canonical(View view)
    {
        var merged = view.Merge();
        return Move(merged, merged.Order, view.Shape);
    }

    /// <summary>
    /// A tensor of shape <paramref name="target"/> whose axes hold, in turn, the logical axes <paramref name="axes"/>.
    /// </summary>
    public Value Arrange(View view, IReadOnlyList<int> axes, Shape target)
    {
        if (view.Refine() is not { } refined)
            return Arrange(View.Of(Canonical(view)), axes, target);

        var groups = refined.Axes();
        return Move(refined, axes.SelectMany(axis => groups[axis]).ToImmutableArray(), target);
    }

    /// <summary>As <see cref="Arrange(View, IReadOnlyList{int}, Shape)"/>, in the plain shape.</summary>
    public Value Arrange(View view, IReadOnlyList<int> axes) =>
        Arrange(view, axes, new Shape(axes.Select(axis => view.Shape[axis])));

    /// <summary>
    /// As <see cref="Arrange(View, IReadOnlyList{int}, Shape)"/>, but one axis may keep its elements in the order that they have:
    /// its consumer has constant weights along it and can permute those. Index i of the axis then holds the logical index
    /// order[i]; null where they agree.
    /// </summary>
    public Value ArrangeLoosely(View view, IReadOnlyList<int> axes, Shape target, int looseAxis, out int[]? order)
    {
        order = null;
        if (view.Refine() is not { } refined)
            return Arrange(view, axes, target);

        var groups = refined.Axes();
        var loose = groups[looseAxis].OrderBy(factor => factor).ToArray();
        var wanted = axes.SelectMany(axis => axis == looseAxis ? loose : groups[axis]).ToImmutableArray();
        if (loose.SequenceEqual(groups[looseAxis]) || !wanted.SequenceEqual(Enumerable.Range(0, wanted.Length)))
            return Arrange(view, axes, target);

        order = LogicalIndices(refined, groups[looseAxis], loose);
        return Move(refined, wanted, target);
    }

    /// <summary>
    /// The order of axes in which the view's physical tensor already lies, so that arranging it moves nothing; the natural order
    /// where the axes are interleaved. Axes of size 1 go where the usual layouts have them.
    /// </summary>
    public static int[] NaturalOrder(View view)
    {
        var identity = Enumerable.Range(0, view.Shape.Rank).ToArray();
        if (view.Refine() is not { } refined)
            return identity;

        var groups = refined.Axes();
        var inPlace = Enumerable.Range(0, refined.Factors.Length);
        bool InPlace(int[] axes) => axes.SelectMany(axis => groups[axis]).SequenceEqual(inPlace);
        bool KeepsShape(int[] axes) => axes.Select(axis => view.Shape[axis]).SequenceEqual(view.Physical.Shape);

        var layouts = view.Shape.Rank > 2 ? new[] { ChannelsLast(view.Shape.Rank), identity } : new[] { identity };
        var usual = layouts.Where(InPlace).ToList();
        if (usual.Count > 0)
            return usual.Find(KeepsShape) ?? usual[0];

        var sorted = identity.OrderBy(axis => groups[axis].Length == 0 ? -1 : groups[axis][0]).ToArray();
        return InPlace(sorted) ? sorted : identity;
    }

    /// <summary>N, the spatial axes, C.</summary>
    public static int[] ChannelsLast(int rank) =>
        new[] { 0 }.Concat(Enumerable.Range(2, rank - 2)).Concat(new[] { 1 }).ToArray();

    /// <summary>
    /// A constant laid out to broadcast against a view's physical tensor as it does against the logical one; null where the
    /// physical axes do not allow it.
    /// </summary>
    /// <param name="constant">Broadcasts to the view's shape.</param>
    public static Tensor? ConstantFor(View view, Tensor constant)
    {
        if (view.Refine()?.RefinePhysical() is not { } refined)
            return null;

        var units = Enumerable.Repeat(1, view.Shape.Rank - constant.Shape.Rank);
        var padded = constant.Reshape(new Shape(units.Concat(constant.Shape)));
        var axes = refined.Axes();
        var varies = new bool[refined.Factors.Length];
        for (int axis = 0; axis < axes.Length; axis++)
        {
            foreach (int factor in axes[axis])
                varies[factor] = padded.Shape[axis] != 1;
        }

        var split = new Shape(refined.Order.Select(factor => varies[factor] ? refined.Factors[factor] : 1));
        var physicalAxes = refined.PhysicalAxes();
        foreach (var group in physicalAxes.Where(group => group.Any(factor => varies[factor])))
        {
            foreach (int factor in group)
                varies[factor] = true;
        }

        var full = new Shape(refined.Order.Select(factor => varies[factor] ? refined.Factors[factor] : 1));
        var moved = Constants.Transpose(Constants.Broadcast(padded.Reshape(split), full), Constants.Inverse(refined.Order));
        int Size(int factor) => varies[factor] ? refined.Factors[factor] : 1;
        return moved.Reshape(new Shape(physicalAxes.Select(group => group.Aggregate(1, (size, factor) => size * Size(factor)))));
    }

    private Value Move(View view, ImmutableArray<int> order, Shape target)
    {
        var physical = view.Physical;
        bool inPlace = order.SequenceEqual(Enumerable.Range(0, order.Length));
        if (inPlace && physical.Shape.Equals(target))
            return physical;

        if (physical.Constant is { } constant)
        {
            var grid = constant.Reshape(new Shape(view.Factors));
            return new Value(physical.Name, Constants.Transpose(grid, order).Reshape(target));
        }

        string form = target + "/" + string.Join(",", view.Factors) + "/" + string.Join(",", order);
        if (!made.TryGetValue((physical, form), out var value))
            made[(physical, form)] = value = inPlace ? Reshaped(physical, target) : Transposed(view, order, target);

        return value;
    }

    private Value Transposed(View view, ImmutableArray<int> order, Shape target)
    {
        var physical = view.Physical;
        var grid = view.InOrder(order).RefinePhysical();
        if (grid is null || !OwnAxes(physical.Shape).Select(axis => physical.Shape[axis]).SequenceEqual(grid.Factors))
        {
            physical = Reshaped(physical, new Shape(view.Factors));
            grid = View.Of(physical).InOrder(order);
        }

        string name = view.Physical.Name + "/transpose";
        var transpose = new Transpose(Permutation(physical.Shape, grid.Order, target));
        return Reshaped(rewriter.Emit(name, transpose, name, physical), target);
    }

    /// <summary>
    /// The permutation that puts a tensor's axes into the order; those of size 1 where the target has them, or else in front.
    /// </summary>
    private static ImmutableArray<int> Permutation(Shape shape, ImmutableArray<int> order, Shape target)
    {
        var own = OwnAxes(shape);
        var units = new Queue<int>(Enumerable.Range(0, shape.Rank).Except(own));
        var wanted = order.Select(factor => own[factor]).ToList();
        if (target.Rank != shape.Rank || !target.Where(size => size != 1).SequenceEqual(wanted.Select(axis => shape[axis])))
            return units.Concat(wanted).ToImmutableArray();

        var next = new Queue<int>(wanted);
        return target.Select(size => size == 1 ? units.Dequeue() : next.Dequeue()).ToImmutableArray();
    }

    private static List<int> OwnAxes(Shape shape) => Enumerable.Range(0, shape.Rank).Where(axis => shape[axis] != 1).ToList();

    /// <summary>The same elements under another shape.</summary>
    public Value Reshaped(Value value, Shape shape)
    {
        if (value.Shape.Equals(shape))
            return value;

        if (value.Constant is { } constant)
            return new Value(value.Name, constant.Reshape(shape));

        string name = value.Name + "/reshape";
        return rewriter.Emit(name, new Reshape(shape), name, value);
    }

    /// <summary>
    /// For each index along an axis whose factors lie in the order <paramref name="actual"/>: the index with the factors as they
    /// should.
    /// </summary>
    private static int[] LogicalIndices(View view, int[] wanted, int[] actual)
    {
        var logical = new Shape(wanted.Select(factor => view.Factors[factor]));
        var indices = Tensor.Of(logical, Enumerable.Range(0, logical.Elements).Select(i => (long)i).ToArray());
        var moved = Constants.Transpose(indices, actual.Select(factor => Array.IndexOf(wanted, factor)).ToArray());
        return moved.Reshape(new Shape(logical.Elements)).Integers.Select(index => (int)index).ToArray();
    }
}
