using System;
using System.Linq;
using QuantMcu.Compiler.Graph;
using QuantMcu.Compiler.Graph.Operators;
using QuantMcu.Testing;
using Xunit;

namespace QuantMcu.Compiler.Tests.Onnx;

public sealed class ResizeImportTests
{
    [Fact]
    public void Nearest_neighbours_double_a_row_in_every_form()
    {
        var x = Imported.Range(1, 1, 3);
        float[] scales = [1f, 1f, 2f];
        foreach (int opset in Imported.Opsets())
        {
            var y = opset switch
            {
                < 9 => Imported.Node(opset, "Upsample", x, ("scales", scales)),
                9 => Imported.Node(opset, "Upsample", x, [], ("scales", Imported.Floats(scales))),
                10 => Imported.Node(opset, "Resize", x, [], ("scales", Imported.Floats(scales))),
                < 13 => Imported.Node(opset, "Resize", x, [], ("roi", Imported.Floats()), ("scales", Imported.Floats(scales))),
                _ => Imported.Node(opset, "Resize", x, [], ("", x), ("scales", Imported.Floats(scales))),
            };
            Imported.AssertIs(y, "1x1x6", 0, 0, 1, 1, 2, 2);
        }
    }

    [Fact]
    public void Sizes_give_the_output_directly_since_opset_11()
    {
        var sizes = Imported.Integers(1, 1, 6);
        Imported.AssertIs(
            Imported.Node(11, "Resize", Imported.Range(1, 1, 3), [], ("roi", Imported.Floats()), ("scales", Imported.Floats()), ("sizes", sizes)),
            "1x1x6", 0, 0, 1, 1, 2, 2);
        foreach (int opset in Imported.Opsets(from: 13))
            Imported.AssertIs(Imported.Node(opset, "Resize", Imported.Range(1, 1, 3), [], ("", sizes), ("", sizes), ("sizes", sizes)), "1x1x6", 0, 0, 1, 1, 2, 2);
    }

    [Fact]
    public void Linear_interpolation_before_opset_11_divides_coordinates_by_the_scale()
    {
        var scales = Imported.Floats(1, 1, 2);

        Imported.AssertIs(Imported.Node(10, "Resize", Imported.Range(1, 1, 3), [("mode", "linear")], ("s", scales)), "1x1x6", 0, 0.5, 1, 1.5, 2, 2);
        Imported.AssertIs(
            Imported.Node(13, "Resize", Imported.Range(1, 1, 3), [("mode", "linear")], ("", scales), ("s", scales)), "1x1x6", 0, 0.25, 0.75, 1.25, 1.75, 2);
    }

    [Fact]
    public void Shrinking_before_opset_11_takes_the_pixel_after()
    {
        Imported.AssertIs(Imported.Node(10, "Resize", Imported.Range(1, 1, 5), [], ("s", Imported.Floats(1, 1, 0.6f))), "1x1x3", 0, 2, 4);

        var mixed = new OnnxBuilder(10).Input("x", 4, 4).Constant("s", [2f, 0.5f], 2).Node("Resize", ["x", "s"], ["y"]).Output("y");
        Assert.Equal("QMCU2004", Imported.Refusal(mixed).Id);
    }

    [Theory]
    [InlineData("half_pixel", CoordinateMode.HalfPixel)]
    [InlineData("half_pixel_symmetric", CoordinateMode.HalfPixelSymmetric)]
    [InlineData("pytorch_half_pixel", CoordinateMode.PytorchHalfPixel)]
    [InlineData("align_corners", CoordinateMode.AlignCorners)]
    [InlineData("asymmetric", CoordinateMode.Asymmetric)]
    public void Coordinate_modes_are_read(string name, CoordinateMode expected)
    {
        var resize = Resize(19, [("coordinate_transformation_mode", name), ("mode", "cubic"), ("cubic_coeff_a", -0.5f), ("exclude_outside", 1)]);

        Assert.Equal(expected, resize.Coordinates);
        Assert.Equal(ResizeMode.Cubic, resize.Mode);
        Assert.Equal(-0.5f, resize.CubicA);
        Assert.True(resize.ExcludeOutside);
    }

    [Theory]
    [InlineData("round_prefer_floor", NearestMode.RoundPreferFloor)]
    [InlineData("round_prefer_ceil", NearestMode.RoundPreferCeil)]
    [InlineData("floor", NearestMode.Floor)]
    [InlineData("ceil", NearestMode.Ceil)]
    public void Nearest_modes_are_read(string name, NearestMode expected) =>
        Assert.Equal(expected, Resize(13, [("nearest_mode", name)]).Nearest);

    [Theory]
    [InlineData("coordinate_transformation_mode", "tf_crop_and_resize", "QMCU2004")]
    [InlineData("coordinate_transformation_mode", "tf_half_pixel_for_nn", "QMCU2004")]
    [InlineData("coordinate_transformation_mode", "other", "QMCU2005")]
    [InlineData("antialias", 1, "QMCU2004")]
    [InlineData("nearest_mode", "other", "QMCU2005")]
    [InlineData("mode", "area", "QMCU2005")]
    [InlineData("keep_aspect_ratio_policy", "other", "QMCU2005")]
    [InlineData("axes", new[] { 0 }, "QMCU2005")]
    public void Forms_that_are_not_supported_end_in_one_diagnostic(string attribute, object value, string id) =>
        Assert.Equal(id, Imported.Refusal(Model(19, [(attribute, value)], 2f)).Id);

    [Theory]
    [InlineData(0f)]
    [InlineData(-1f)]
    [InlineData(float.NaN)]
    [InlineData(float.PositiveInfinity)]
    [InlineData(0.01f)]
    public void Scales_that_leave_no_sensible_shape_are_invalid(float scale) => Assert.Equal("QMCU2005", Imported.Refusal(Model(13, [], scale)).Id);

    [Fact]
    public void Axes_pick_what_is_resized_since_opset_18()
    {
        var sizes = Imported.Integers(4, 6);
        var y = Imported.Node(18, "Resize", Imported.Range(1, 1, 3, 2), [("axes", new[] { 3, 2 })], ("", sizes), ("", sizes), ("sizes", sizes));

        Assert.Equal("1x1x6x4", y.Shape.ToString());
    }

    [Theory]
    [InlineData("stretch", "1x1x7x8")]
    [InlineData("not_larger", "1x1x7x4")]
    [InlineData("not_smaller", "1x1x16x8")]
    public void Aspect_ratios_are_kept_as_asked_since_opset_18(string policy, string expected)
    {
        var sizes = Imported.Integers(7, 8);
        var y = Imported.Node(
            18, "Resize", Imported.Range(1, 1, 4, 2), [("axes", new[] { 2, 3 }), ("keep_aspect_ratio_policy", policy)],
            ("", sizes), ("", sizes), ("sizes", sizes));

        Assert.Equal(expected, y.Shape.ToString());
    }

    [Fact]
    public void Scales_and_sizes_together_or_neither_are_invalid()
    {
        var both = new OnnxBuilder(13).Input("x", 2).Constant("scales", [2f], 1).Integers("sizes", 4)
            .Node("Resize", ["x", "", "scales", "sizes"], ["y"]).Output("y");
        var neither = new OnnxBuilder(13).Input("x", 2).Node("Resize", ["x"], ["y"]).Output("y");

        Assert.Equal("QMCU2005", Imported.Refusal(both).Id);
        Assert.Equal("QMCU2005", Imported.Refusal(neither).Id);
    }

    [Fact]
    public void Upsample_ends_with_opset_9_and_never_shrinks()
    {
        OnnxBuilder Upsample(int opset, float scale) =>
            new OnnxBuilder(opset).Input("x", 2).Constant("s", [scale], 1).Node("Upsample", ["x", "s"], ["y"]).Output("y");

        var refusal = Imported.Refusal(Upsample(10, 2));
        Assert.Equal("QMCU2003", refusal.Id);
        Assert.Contains("Resize", refusal.Message, StringComparison.Ordinal);
        Assert.Equal("QMCU2005", Imported.Refusal(Upsample(9, 0.5f)).Id);
    }

    private static OnnxBuilder Model(int opset, (string, object)[] attributes, float scale) => new OnnxBuilder(opset)
        .Input("x", 1, 1, 4).Constant("s", [1f, 1f, scale], 3).Node("Resize", ["x", "", "s"], ["y"], attributes).Output("y");

    private static Resize Resize(int opset, (string, object)[] attributes) =>
        Assert.IsType<Resize>(Assert.Single(Imported.Graph(Model(opset, attributes, 2f)).Nodes).Operator);
}
