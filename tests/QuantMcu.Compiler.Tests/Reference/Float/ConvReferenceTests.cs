using System;
using System.Collections.Immutable;
using System.Linq;
using QuantMcu.Compiler.Graph;
using QuantMcu.Compiler.Graph.Operators;
using Xunit;
using static QuantMcu.Compiler.Tests.Reference.Float.Evaluating;

namespace QuantMcu.Compiler.Tests.Reference.Float;

public class ConvReferenceTests
{
    /// <summary>Rows 1..9 in channel 0 and ten times that in channel 1.</summary>
    private static readonly Tensor TwoChannels = Image(new Shape(1, 2, 3, 3), Count(9).Concat(Count(9, 10)).ToArray());

    /// <summary>1 2 / 3 4 for channel 0, ones for channel 1.</summary>
    private static readonly Tensor Kernel = Image(new Shape(1, 2, 2, 2), 1, 2, 3, 4, 1, 1, 1, 1);

    /// <summary>One row of padding above, one column to the right, taps two apart.</summary>
    private static readonly Window DilatedAsymmetric = Window([2, 2], dilations: [2, 2], begin: [1, 0], end: [0, 1]);

    [Theory]
    [InlineData(Layout.ChannelsFirst)]
    [InlineData(Layout.ChannelsLast)]
    public void Dilated_asymmetrically_padded_convolution_has_hand_computed_values(Layout layout)
    {
        var y = Convolve(new Conv(DilatedAsymmetric, 1, layout), TwoChannels, Kernel, Vector(1000));

        Assert.Equal([1136, 1065, 1264, 1126], y.Floats);
    }

    [Theory]
    [InlineData(Layout.ChannelsFirst)]
    [InlineData(Layout.ChannelsLast)]
    public void Pad_values_stand_in_the_padding_of_their_channel(Layout layout)
    {
        var conv = new Conv(DilatedAsymmetric, 1, layout) { PadValues = ImmutableArray.Create(100f, 0f) };

        Assert.Equal([136 + 300, 65 + 700, 264, 126 + 600], Convolve(conv, TwoChannels, Kernel).Floats);
    }

    [Fact]
    public void Clamp_limits_every_output()
    {
        var conv = new Conv(DilatedAsymmetric, 1, Layout.ChannelsFirst) { Clamp = new Clamp(100, 200) };

        Assert.Equal([136, 100, 200, 126], Convolve(conv, TwoChannels, Kernel).Floats);
    }

    [Theory]
    [InlineData(Layout.ChannelsFirst)]
    [InlineData(Layout.ChannelsLast)]
    public void Grouped_convolution_sees_only_its_own_channels(Layout layout)
    {
        var x = Image(new Shape(1, 4, 1, 1), 1, 2, 3, 4);
        var w = Image(new Shape(4, 2, 1, 1), 1, 10, 2, 20, 3, 30, 4, 40);

        var y = Convolve(new Conv(Evaluating.Window([1, 1]), 2, layout), x, w);

        // Outputs 0 and 1 see channels 1, 2; outputs 2 and 3 see channels 3, 4.
        Assert.Equal([21, 42, 129, 172], y.Floats);
    }

    [Theory]
    [InlineData(Layout.ChannelsFirst)]
    [InlineData(Layout.ChannelsLast)]
    public void One_spatial_axis_is_enough(Layout layout)
    {
        var x = Image(new Shape(1, 1, 5), 1, 2, 3, 4, 5);
        var w = Image(new Shape(1, 1, 3), 1, 10, 100);

        var y = Convolve(new Conv(Window([3], strides: [2], begin: [1], end: [1]), 1, layout), x, w);

        Assert.Equal([210, 432, 54], y.Floats);
    }

    [Fact]
    public void Both_layouts_agree_on_random_convolutions()
    {
        var random = new Random(1);
        for (int i = 0; i < 50; i++)
        {
            int groups = random.Next(1, 4), perGroup = random.Next(1, 4), kernels = groups * random.Next(1, 4);
            int[] Pair(int least, int limit) => [random.Next(least, limit), random.Next(least, limit)];
            int[] kernel = Pair(1, 4);
            var window = Window(kernel, Pair(1, 4), Pair(1, 3), Pair(0, 3), Pair(0, 3));
            var x = Noise(random, new Shape(random.Next(1, 3), groups * perGroup, random.Next(5, 8), random.Next(5, 8)));
            var w = Noise(random, new Shape(kernels, perGroup, kernel[0], kernel[1]));

            var first = Evaluate(new Conv(window, groups, Layout.ChannelsFirst), x, w);
            var last = Evaluate(new Conv(window, groups, Layout.ChannelsLast), ToChannelsLast(x), ToChannelsLast(w));

            Assert.Equal(ToChannelsLast(first).Floats, last.Floats);
            Assert.Equal(ToChannelsLast(first).Shape, last.Shape);
        }
    }

    /// <summary>
    /// Operands and result channels first, whatever layout the operator works in; the result has one channel or one
    /// position.
    /// </summary>
    private static Tensor Convolve(Conv conv, Tensor x, Tensor w, Tensor? bias = null) => conv.Layout == Layout.ChannelsFirst
        ? Evaluate(conv, x, w, bias)
        : Evaluate(conv, ToChannelsLast(x), ToChannelsLast(w), bias);

    /// <summary>Small integers, so that sums are exact in any order.</summary>
    private static Tensor Noise(Random random, Shape shape) =>
        Tensor.Of(shape, Enumerable.Range(0, shape.Elements).Select(_ => (float)random.Next(-9, 10)).ToArray());
}
