using System.Collections.Immutable;
using QuantMcu.Compiler.Diagnostics;
using QuantMcu.Compiler.Graph;
using QuantMcu.Compiler.Graph.Operators;
using Xunit;
using static QuantMcu.Compiler.Tests.Reference.Float.Evaluating;

namespace QuantMcu.Compiler.Tests.Reference.Float;

/// <summary>Operators that only move elements: Slice, Pad, Gather, Concat, Split, Transpose, Expand.</summary>
public class MovingReferenceTests
{
    private static readonly Tensor Grid = Image(new Shape(2, 3), 1, 2, 3, 4, 5, 6);

    [Fact]
    public void Slice_walks_backwards_with_negative_steps()
    {
        var slice = new Slice(Starts: [1, 2], Steps: [-1, -2], Sizes: [2, 2]);

        Assert.Equal([6f, 4, 3, 1], Evaluate(slice, Grid).Floats);
    }

    [Theory]
    [InlineData(PadMode.Constant, new float[] { 9, 9, 9, 9, 1, 2, 3, 9, 9, 9, 9 })]
    [InlineData(PadMode.Edge, new float[] { 1, 1, 1, 1, 1, 2, 3, 3, 3, 3, 3 })]
    [InlineData(PadMode.Reflect, new float[] { 1, 2, 3, 2, 1, 2, 3, 2, 1, 2, 3 })]
    [InlineData(PadMode.Wrap, new float[] { 3, 1, 2, 3, 1, 2, 3, 1, 2, 3, 1 })]
    public void Pad_goes_on_past_the_size_of_the_input(PadMode mode, float[] expected)
    {
        Assert.Equal(expected, Evaluate(new Pad(mode, [4], [4], 9), Vector(1, 2, 3)).Floats);
    }

    [Fact]
    public void Pad_removes_elements_where_it_is_negative()
    {
        Assert.Equal([2f, 3, 0], Evaluate(new Pad(PadMode.Constant, [-1], [1], 0), Vector(1, 2, 3)).Floats);
    }

    [Fact]
    public void Pad_of_nothing_has_nothing_to_repeat()
    {
        var error = Assert.Throws<ModelException>(() => Evaluate(new Pad(PadMode.Edge, [1], [1], 0), Vector()));

        Assert.Equal("QMCU2005", error.Diagnostic.Id);
    }

    [Fact]
    public void Gather_counts_negative_indices_from_the_end()
    {
        var indices = Tensor.Of(new Shape(2, 1), [-1L, 0]);

        var y = Evaluate(new Gather(1), Grid, indices);

        Assert.Equal(new Shape(2, 2, 1), y.Shape);
        Assert.Equal([3f, 1, 6, 4], y.Floats);
    }

    [Theory]
    [InlineData(3)]
    [InlineData(-4)]
    [InlineData(1L << 40)]
    public void Gather_refuses_an_index_outside_the_axis(long index)
    {
        var error = Assert.Throws<ModelException>(() => Evaluate(new Gather(1), Grid, Tensor.Of(Shape.Scalar, [index])));

        Assert.Contains(index.ToString(System.Globalization.CultureInfo.InvariantCulture), error.Message);
    }

    [Fact]
    public void Concat_undoes_Split_on_an_inner_axis()
    {
        var parts = EvaluateAll(new Split(1, [0, 2, 1]), Grid);

        Assert.Equal(new Shape(2, 0), parts[0].Shape);
        Assert.Equal([1f, 2, 4, 5], parts[1].Floats);
        Assert.Equal([3f, 6], parts[2].Floats);
        Assert.Equal(Grid.Floats, Evaluate(new Concat(1), parts).Floats);
    }

    [Fact]
    public void Transpose_moves_axis_Permutation_i_to_axis_i()
    {
        var x = Image(new Shape(2, 1, 3), 1, 2, 3, 4, 5, 6);

        var y = Evaluate(new Transpose([2, 0, 1]), x);

        Assert.Equal(new Shape(3, 2, 1), y.Shape);
        Assert.Equal([1f, 4, 2, 5, 3, 6], y.Floats);
    }

    [Fact]
    public void Expand_repeats_along_new_and_unit_axes()
    {
        var x = Tensor.Of(new Shape(2, 1), [1L, 2], ElementType.Int8);

        Assert.Equal([1L, 1, 2, 2, 1, 1, 2, 2], Evaluate(new Expand(new Shape(2, 2, 2)), x).Integers);
    }

    [Fact]
    public void Shape_is_cut_to_the_range_asked_for()
    {
        Assert.Equal([3L], Evaluate(new ShapeOf(1, 2), Grid).Integers);
    }
}
