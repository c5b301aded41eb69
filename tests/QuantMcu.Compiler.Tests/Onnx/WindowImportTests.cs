using System.Collections.Generic;
using System.Linq;
using QuantMcu.Compiler.Graph;
using QuantMcu.Compiler.Graph.Operators;
using QuantMcu.Testing;
using Xunit;

namespace QuantMcu.Compiler.Tests.Onnx;

public sealed class WindowImportTests
{
    [Theory]
    [InlineData("SAME_UPPER", 5, 3, 2, 1, "1", "1", 3)]
    [InlineData("SAME_UPPER", 6, 3, 2, 1, "0", "1", 3)]
    [InlineData("SAME_LOWER", 6, 3, 2, 1, "1", "0", 3)]
    [InlineData("SAME_UPPER", 7, 3, 1, 2, "2", "2", 7)]
    [InlineData("SAME_UPPER", 7, 1, 3, 1, "0", "0", 3)]
    [InlineData("SAME_LOWER", 4, 4, 1, 1, "2", "1", 4)]
    [InlineData("VALID", 7, 3, 2, 1, "0", "0", 3)]
    public void Auto_pad_becomes_explicit_pads(
        string mode, int size, int kernel, int stride, int dilation, string begin, string end, int output)
    {
        foreach (int opset in Imported.Opsets())
        {
            var model = new OnnxBuilder(opset).Input("x", 1, 1, size).Random("w", 1, 1, 1, kernel)
                .Node("Conv", ["x", "w"], ["y"], ("auto_pad", mode), ("strides", new[] { stride }), ("dilations", new[] { dilation }))
                .Output("y");

            var node = Assert.Single(Imported.Graph(model).Nodes);

            var window = Assert.IsType<Conv>(node.Operator).Window;
            Assert.Equal(begin, string.Join(",", window.PadsBegin));
            Assert.Equal(end, string.Join(",", window.PadsEnd));
            Assert.Equal(output, node.Output.Shape[2]);
        }
    }

    [Fact]
    public void Conv_reads_groups_dilations_strides_asymmetric_pads_and_bias()
    {
        var model = new OnnxBuilder(13).Input("x", 1, 4, 9, 8).Random("w", 1, 6, 2, 3, 2).Random("b", 2, 6)
            .Node("Conv", ["x", "w", "b"], ["y"], ("group", 2), ("dilations", new[] { 2, 1 }), ("strides", new[] { 1, 3 }),
                ("pads", new[] { 1, 0, 2, 3 }), ("kernel_shape", new[] { 3, 2 }))
            .Output("y");

        var node = Assert.Single(Imported.Graph(model).Nodes);

        var conv = Assert.IsType<Conv>(node.Operator);
        Assert.Equal(2, conv.Groups);
        Assert.Equal(Layout.ChannelsFirst, conv.Layout);
        Assert.Equal("2,1", string.Join(",", conv.Window.Dilations));
        Assert.Equal("1,3", string.Join(",", conv.Window.Strides));
        Assert.Equal("1,0", string.Join(",", conv.Window.PadsBegin));
        Assert.Equal("2,3", string.Join(",", conv.Window.PadsEnd));
        Assert.Equal("1x6x8x4", node.Output.Shape.ToString());
        Assert.Equal(3, node.Inputs.Length);
    }

    [Fact]
    public void Conv_computes_what_onnx_says()
    {
        var w = Tensor.Of(new Shape(1, 1, 2), [1f, 10f]);
        var y = Imported.Node(13, "Conv", Imported.Range(1, 1, 4), [("pads", new[] { 1, 0 })], ("w", w), ("b", Imported.Floats(100f)));

        Imported.AssertIs(y, "1x1x4", 100, 110, 121, 132);
    }

    public static TheoryData<string, (string, object)[]> BrokenConvolutions => new()
    {
        { "group 3 does not divide 4 channels", [("group", 3)] },
        { "group 0", [("group", 0)] },
        { "kernel_shape that the weights do not have", [("kernel_shape", new[] { 5, 5 })] },
        { "strides of one axis", [("strides", new[] { 1 })] },
        { "stride 0", [("strides", new[] { 0, 1 })] },
        { "negative dilation", [("dilations", new[] { 1, -1 })] },
        { "negative pad", [("pads", new[] { -1, 0, 0, 0 })] },
        { "pads beyond the limit", [("pads", new[] { 40_000, 0, 0, 0 })] },
        { "unknown auto_pad", [("auto_pad", "SAME")] },
        { "attribute of another type", [("strides", 1f)] },
        { "dilation that spans more than the input", [("dilations", new[] { 9, 9 })] },
    };

    [Theory]
    [MemberData(nameof(BrokenConvolutions))]
    public void Conv_with_attributes_that_do_not_fit_is_invalid(string why, (string, object)[] attributes)
    {
        var model = new OnnxBuilder(13).Input("x", 1, 4, 8, 8).Random("w", 1, 4, 4, 3, 3).Node("Conv", ["x", "w"], ["y"], attributes).Output("y");

        Assert.True(Imported.Refusal(model).Id == "QMCU2005", why);
    }

    [Fact]
    public void Conv_over_three_axes_names_the_nearest_form()
    {
        var model = new OnnxBuilder(13).Input("x", 1, 1, 4, 4, 4).Random("w", 1, 1, 1, 2, 2, 2).Node("Conv", ["x", "w"], ["y"]).Output("y");

        var refusal = Imported.Refusal(model);

        Assert.Equal("QMCU2004", refusal.Id);
        Assert.Contains("1 or 2 spatial axes", refusal.Message, System.StringComparison.Ordinal);
    }

    [Fact]
    public void Pools_mean_the_same_in_every_opset()
    {
        foreach (int opset in Imported.Opsets())
        {
            var window = new (string, object)[] { ("kernel_shape", new[] { 2 }), ("strides", new[] { 2 }), ("pads", new[] { 1, 0 }) };

            Imported.AssertIs(Imported.Node(opset, "MaxPool", Imported.Range(1, 1, 5), window), "1x1x3", 0, 2, 4);
            Imported.AssertIs(Imported.Node(opset, "AveragePool", Imported.Range(1, 1, 5), window), "1x1x3", 0, 1.5, 3.5);
            Imported.AssertIs(
                Imported.Node(opset, "AveragePool", Imported.Range(1, 1, 5), [.. window, ("count_include_pad", 1)]), "1x1x3", 0, 1.5, 3.5);
            Imported.AssertIs(Imported.Node(opset, "GlobalAveragePool", Imported.Range(1, 2, 3)), "1x2x1", 1, 4);
            Imported.AssertIs(Imported.Node(opset, "GlobalMaxPool", Imported.Range(1, 2, 3)), "1x2x1", 2, 5);
        }
    }

    [Fact]
    public void Padding_counts_in_the_mean_only_where_asked()
    {
        (string, object)[] window = [("kernel_shape", new[] { 2 }), ("pads", new[] { 1, 1 })];
        var x = Tensor.Of(new Shape(1, 1, 2), [2f, 4f]);

        Imported.AssertIs(Imported.Node(13, "AveragePool", x, window), "1x1x3", 2, 3, 4);
        Imported.AssertIs(Imported.Node(13, "AveragePool", x, [.. window, ("count_include_pad", 1)]), "1x1x3", 1, 3, 2);
    }

    [Fact]
    public void Ceil_mode_rounds_the_output_up_since_opset_10()
    {
        (string, object)[] window = [("kernel_shape", new[] { 2 }), ("strides", new[] { 2 }), ("ceil_mode", 1)];

        Imported.AssertIs(Imported.Node(10, "MaxPool", Imported.Range(1, 1, 5), window), "1x1x3", 1, 3, 4);
        Assert.Equal("QMCU2005", Imported.Refusal(Pool(9, "MaxPool", window)).Id);
    }

    [Theory]
    [InlineData("MaxPool", 10)]
    [InlineData("AveragePool", 19)]
    public void Pools_have_dilations_since_their_opset(string @operator, int since)
    {
        (string, object)[] window = [("kernel_shape", new[] { 2 }), ("dilations", new[] { 2 })];

        Imported.AssertIs(Imported.Node(since, @operator, Imported.Range(1, 1, 4), window), "1x1x2", @operator == "MaxPool" ? [2, 3] : [1, 2]);
        Assert.Equal("QMCU2005", Imported.Refusal(Pool(since - 1, @operator, window)).Id);
    }

    [Theory]
    [InlineData("no kernel_shape", "strides", 1)]
    [InlineData("kernel_shape", "pads", 2)]
    public void Pools_without_kernel_or_with_padding_as_wide_as_it_are_invalid(string first, string second, int value)
    {
        var attributes = new List<(string, object)> { (second, Enumerable.Repeat(value, second == "pads" ? 2 : 1).ToArray()) };
        if (first == "kernel_shape")
            attributes.Add((first, new[] { 2 }));

        Assert.Equal("QMCU2005", Imported.Refusal(Pool(13, "MaxPool", [.. attributes])).Id);
    }

    [Fact]
    public void MaxPool_with_indices_is_refused()
    {
        var model = new OnnxBuilder(13).Input("x", 1, 1, 5).Node("MaxPool", ["x"], ["y", "indices"], ("kernel_shape", new[] { 2 })).Output("y");

        Assert.Equal("QMCU2004", Imported.Refusal(model).Id);
    }

    private static OnnxBuilder Pool(int opset, string @operator, (string, object)[] attributes) =>
        new OnnxBuilder(opset).Input("x", 1, 1, 5).Node(@operator, ["x"], ["y"], attributes).Output("y");
}
