using System.Collections.Immutable;
using System.Linq;
using QuantMcu.Compiler.Diagnostics;
using QuantMcu.Compiler.Graph;
using QuantMcu.Compiler.Graph.Operators;
using Xunit;
using static QuantMcu.Compiler.Tests.Reference.Float.Evaluating;

namespace QuantMcu.Compiler.Tests.Reference.Float;

public class ResizeReferenceTests
{
    [Theory]
    [InlineData(CoordinateMode.HalfPixel, new float[] { 1, 1.5f, 2.5f, 3 })]
    [InlineData(CoordinateMode.Asymmetric, new float[] { 1, 2, 3, 3 })]
    [InlineData(CoordinateMode.AlignCorners, new float[] { 1, 5f / 3, 7f / 3, 3 })]
    [InlineData(CoordinateMode.PytorchHalfPixel, new float[] { 1, 1.5f, 2.5f, 3 })]
    [InlineData(CoordinateMode.HalfPixelSymmetric, new float[] { 1, 1.5f, 2.5f, 3 })]
    public void Linear_follows_its_coordinate_mode(CoordinateMode mode, float[] expected)
    {
        Assert.Equal(expected, Evaluate(OneAxis(ResizeMode.Linear, mode, 4, 2), Vector(1, 3)).Floats);
    }

    [Fact]
    public void Pytorch_half_pixel_takes_the_first_element_for_a_size_of_one()
    {
        var x = Vector(1, 2, 3, 4);

        Assert.Equal([1f], Evaluate(OneAxis(ResizeMode.Linear, CoordinateMode.PytorchHalfPixel, 1, 0.25f), x).Floats);
        Assert.Equal([2.5f], Evaluate(OneAxis(ResizeMode.Linear, CoordinateMode.HalfPixel, 1, 0.25f), x).Floats);
    }

    [Theory]
    [InlineData(NearestMode.RoundPreferFloor, new float[] { 1, 1, 2, 2 })]
    [InlineData(NearestMode.RoundPreferCeil, new float[] { 1, 2, 2, 2 })]
    [InlineData(NearestMode.Floor, new float[] { 1, 1, 2, 2 })]
    [InlineData(NearestMode.Ceil, new float[] { 1, 2, 2, 2 })]
    public void Nearest_decides_halves_by_its_mode(NearestMode mode, float[] expected)
    {
        Assert.Equal(expected, Evaluate(OneAxis(ResizeMode.Nearest, CoordinateMode.Asymmetric, 4, 2, mode), Vector(1, 2)).Floats);
    }

    [Fact]
    public void Rounding_of_the_scale_to_float_does_not_move_a_coordinate_across_an_integer()
    {
        for (int size = 1; size < 40; size++)
        {
            for (int resized = 1; resized < 40; resized++)
            {
                float scale = (float)resized / size;
                var resize = OneAxis(ResizeMode.Nearest, CoordinateMode.Asymmetric, resized, scale, NearestMode.Floor);
                var expected = Enumerable.Range(0, resized).Select(i => (float)((i * size / resized) + 1));

                Assert.Equal(expected, Evaluate(resize, Vector(Count(size))).Floats);
            }
        }
    }

    [Fact]
    public void Cubic_reproduces_a_ramp_away_from_the_edges()
    {
        var y = Evaluate(OneAxis(ResizeMode.Cubic, CoordinateMode.HalfPixel, 12, 2) with { CubicA = -0.5f }, Vector(Count(6)));

        // Keys' kernel with a = -1/2 is exact on straight lines.
        Assert.Equal([2.25f, 2.75f, 3.25f, 3.75f, 4.25f, 4.75f], y.Floats.Skip(3).Take(6));
    }

    [Fact]
    public void Exclude_outside_renormalises_the_weights()
    {
        var cubic = OneAxis(ResizeMode.Cubic, CoordinateMode.HalfPixel, 4, 2) with { CubicA = -0.5f, ExcludeOutside = true };

        // At -0.25 the taps -2 and -1 are outside; taps 0 and 1, at distances 0.25 and 1.25, weigh 0.8671875 and -0.0703125.
        float expected = (float)(((1 * 0.8671875) - (2 * 0.0703125)) / (0.8671875 - 0.0703125));

        Assert.Equal(expected, Evaluate(cubic, Vector(1, 2)).Floats[0]);
    }

    [Fact]
    public void Axes_are_interpolated_one_after_the_other()
    {
        var resize = new Resize(ResizeMode.Linear, CoordinateMode.AlignCorners, NearestMode.Floor, [3, 3], [1.5f, 1.5f]);

        Assert.Equal([1f, 1.5f, 2, 2, 2.5f, 3, 3, 3.5f, 4], Evaluate(resize, Image(new Shape(2, 2), 1, 2, 3, 4)).Floats);
    }

    [Fact]
    public void Nothing_cannot_be_enlarged()
    {
        Assert.Throws<ModelException>(() => Evaluate(OneAxis(ResizeMode.Linear, CoordinateMode.HalfPixel, 2, 2), Vector()));
    }

    private static Resize OneAxis(
        ResizeMode mode, CoordinateMode coordinates, int size, float scale, NearestMode nearest = NearestMode.RoundPreferFloor) =>
        new(mode, coordinates, nearest, ImmutableArray.Create(size), ImmutableArray.Create(scale));
}
