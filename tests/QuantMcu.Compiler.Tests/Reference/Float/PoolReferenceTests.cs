using QuantMcu.Compiler.Graph;
using QuantMcu.Compiler.Graph.Operators;
using Xunit;
using static QuantMcu.Compiler.Tests.Reference.Float.Evaluating;

namespace QuantMcu.Compiler.Tests.Reference.Float;

public class PoolReferenceTests
{
    private static readonly Tensor OneToFour = Image(new Shape(1, 1, 4), 1, 2, 3, 4);

    [Fact]
    public void Average_leaves_padding_out_of_the_divisor()
    {
        var pool = new AveragePool(
            Window([3], strides: [2], begin: [1], end: [1]), false, CountIncludePad: false, Layout.ChannelsFirst);

        Assert.Equal([1.5f, 3f], Evaluate(pool, OneToFour).Floats);
    }

    [Fact]
    public void Average_counts_padding_as_zeros_when_told_to()
    {
        var pool = new AveragePool(
            Window([3], strides: [2], begin: [1], end: [1]), false, CountIncludePad: true, Layout.ChannelsFirst);

        Assert.Equal([1f, 3f], Evaluate(pool, OneToFour).Floats);
    }

    [Theory]
    [InlineData(false)]
    [InlineData(true)]
    public void Average_never_counts_what_a_rounded_up_size_adds(bool countIncludePad)
    {
        var pool = new AveragePool(Window([3], strides: [2]), Ceiling: true, countIncludePad, Layout.ChannelsFirst);

        Assert.Equal([2f, 3.5f], Evaluate(pool, OneToFour).Floats);
    }

    [Fact]
    public void Ceil_mode_drops_a_window_that_would_start_in_the_end_padding()
    {
        var pool = new MaxPool(Window([2], strides: [2], begin: [1], end: [1]), Ceiling: true, Layout.ChannelsFirst);

        Assert.Equal([1f, 3f, 5f], Evaluate(pool, Image(new Shape(1, 1, 5), 1, 2, 3, 4, 5)).Floats);
    }

    [Fact]
    public void Dilated_average_with_padding_counts_its_taps()
    {
        var pool = new AveragePool(
            Window([2], dilations: [3], begin: [1], end: [1]), false, CountIncludePad: false, Layout.ChannelsFirst);

        // Taps at -1 and 2; 0 and 3; 1 and 4 (padding).
        Assert.Equal([3f, 2.5f, 2f], Evaluate(pool, OneToFour).Floats);
    }

    [Fact]
    public void Padding_never_wins_a_maximum()
    {
        var pool = new MaxPool(Window([2, 2], begin: [1, 1]), false, Layout.ChannelsFirst);

        Assert.Equal([-4f, -3f, -2f, -1f], Evaluate(pool, Image(new Shape(1, 1, 2, 2), -4, -3, -2, -1)).Floats);
    }

    [Fact]
    public void Maximum_of_integers_keeps_their_type()
    {
        var pool = new MaxPool(Window([2]), false, Layout.ChannelsFirst);
        var x = Tensor.Of(new Shape(1, 1, 3), [200L, 100, 250], ElementType.UInt8);

        var y = Evaluate(pool, x);

        Assert.Equal(ElementType.UInt8, y.Element);
        Assert.Equal([200L, 250], y.Integers);
    }

    [Fact]
    public void Both_layouts_agree()
    {
        var window = Window([2, 3], strides: [2, 1], dilations: [1, 2], begin: [1, 2], end: [0, 1]);
        var x = Image(new Shape(1, 3, 5, 6), Count(90));

        var averageFirst = Evaluate(new AveragePool(window, true, false, Layout.ChannelsFirst), x);
        var averageLast = Evaluate(new AveragePool(window, true, false, Layout.ChannelsLast), ToChannelsLast(x));
        var maximumFirst = Evaluate(new MaxPool(window, true, Layout.ChannelsFirst), x);
        var maximumLast = Evaluate(new MaxPool(window, true, Layout.ChannelsLast), ToChannelsLast(x));

        Assert.Equal(ToChannelsLast(averageFirst).Floats, averageLast.Floats);
        Assert.Equal(ToChannelsLast(maximumFirst).Floats, maximumLast.Floats);
        Assert.Equal(new Shape(1, 3, 5, 3), maximumLast.Shape);
    }
}
