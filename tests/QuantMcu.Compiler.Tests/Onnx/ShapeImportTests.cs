using System;
using System.Linq;
using QuantMcu.Compiler.Graph;
using QuantMcu.Compiler.Graph.Operators;
using QuantMcu.Testing;
using Xunit;

namespace QuantMcu.Compiler.Tests.Onnx;

public sealed class ShapeImportTests
{
    [Theory]
    [InlineData("2,6", "2x6")]
    [InlineData("0,-1", "2x6")]
    [InlineData("-1", "12")]
    [InlineData("0,0,0", "2x3x2")]
    [InlineData("2,1,-1,3", "2x1x2x3")]
    public void Reshape_resolves_zeros_and_minus_one(string shape, string expected)
    {
        foreach (int opset in Imported.Opsets())
        {
            var y = Imported.Node(opset, "Reshape", Imported.Range(2, 3, 2), [], ("shape", Dimensions(shape)));
            Imported.AssertIs(y, expected, Enumerable.Range(0, 12).Select(i => (double)i).ToArray());
        }
    }

    [Theory]
    [InlineData("5,-1")]
    [InlineData("-1,-1")]
    [InlineData("0,0,0,0")]
    [InlineData("13")]
    [InlineData("1,1,1,1,1,1,1,1,12")]
    public void Reshape_to_what_does_not_fit_is_invalid(string shape)
    {
        var model = new OnnxBuilder(13).Input("x", 2, 3, 2).Constant("s", Dimensions(shape)).Node("Reshape", ["x", "s"], ["y"]).Output("y");

        Assert.Equal("QMCU2005", Imported.Refusal(model).Id);
    }

    [Fact]
    public void Reshape_copies_no_zeros_where_allowzero_says_so()
    {
        var x = Tensor.Of(new Shape(2, 0), Array.Empty<float>());

        Imported.AssertIs(Imported.Node(14, "Reshape", x, [("allowzero", 1)], ("shape", Dimensions("0,7"))), "0x7");
    }

    [Theory]
    [InlineData(0, "1x12")]
    [InlineData(1, "2x6")]
    [InlineData(3, "12x1")]
    public void Flatten_makes_a_matrix(int axis, string expected)
    {
        foreach (int opset in Imported.Opsets())
            Assert.Equal(expected, Imported.Node(opset, "Flatten", Imported.Range(2, 3, 2), ("axis", axis)).Shape.ToString());
    }

    [Fact]
    public void Flatten_counts_axes_from_the_end_since_opset_11()
    {
        var model = new OnnxBuilder(10).Input("x", 2, 3).Node("Flatten", ["x"], ["y"], ("axis", -1)).Output("y");

        Assert.Equal("6x2", Imported.Node(11, "Flatten", Imported.Range(2, 3, 2), ("axis", -1)).Shape.ToString());
        Assert.Equal("QMCU2005", Imported.Refusal(model).Id);
    }

    [Fact]
    public void Squeeze_and_Unsqueeze_take_axes_from_an_attribute_and_from_an_input_since_opset_13()
    {
        foreach (int opset in Imported.Opsets())
        {
            Assert.Equal("2x1x3", WithAxes(opset, "Squeeze", Imported.Range(1, 2, 1, 3), 0).Shape.ToString());
            Assert.Equal("2x3", Imported.Node(opset, "Squeeze", Imported.Range(1, 2, 1, 3)).Shape.ToString());
            Assert.Equal("1x2x1x3", WithAxes(opset, "Unsqueeze", Imported.Range(2, 3), 0, 2).Shape.ToString());
        }

        Assert.Equal("2x3x1", WithAxes(13, "Unsqueeze", Imported.Range(2, 3), -1).Shape.ToString());
        Assert.Equal("2x3", WithAxes(11, "Squeeze", Imported.Range(2, 1, 3), -2).Shape.ToString());
    }

    [Fact]
    public void Transpose_reverses_the_axes_unless_told_otherwise()
    {
        Imported.AssertIs(Imported.Node(13, "Transpose", Imported.Range(2, 3)), "3x2", 0, 3, 1, 4, 2, 5);
        Assert.Equal("2x4x3", Imported.Node(13, "Transpose", Imported.Range(2, 3, 4), ("perm", new[] { 0, 2, 1 })).Shape.ToString());
    }

    [Theory]
    [InlineData(1L, 4L, 1L, "1,2,3")]
    [InlineData(-3L, -1L, 1L, "3,4")]
    [InlineData(0L, long.MaxValue, 2L, "0,2,4")]
    [InlineData(-1L, long.MinValue, -2L, "5,3,1")]
    [InlineData(9L, 0L, -3L, "5,2")]
    [InlineData(4L, 2L, 1L, "")]
    [InlineData(2L, 3L, long.MaxValue, "2")]
    [InlineData(5L, 0L, long.MinValue, "5")]
    public void Slice_follows_pythons_rules(long start, long end, long step, string expected)
    {
        double[] values = expected.Length == 0 ? [] : expected.Split(',').Select(double.Parse).ToArray();
        foreach (int opset in Imported.Opsets(from: step == 1 ? 7 : 10))
            Imported.AssertIs(Slice(opset, Imported.Range(6), start, end, step), values.Length.ToString(), values);
    }

    [Fact]
    public void Slice_cuts_the_axes_that_it_names()
    {
        var y = Imported.Node(13, "Slice", Imported.Range(2, 3), [],
            ("starts", Imported.Integers(1)), ("ends", Imported.Integers(3)), ("axes", Imported.Integers(-1)));

        Imported.AssertIs(y, "2x2", 1, 2, 4, 5);
    }

    [Fact]
    public void Slice_with_step_0_or_lists_of_different_lengths_is_invalid()
    {
        OnnxBuilder Model(long[] ends, long step) => new OnnxBuilder(13).Input("x", 6)
            .Integers("starts", 0).Integers("ends", ends).Integers("axes", 0).Integers("steps", step)
            .Node("Slice", ["x", "starts", "ends", "axes", "steps"], ["y"]).Output("y");

        Assert.Equal("QMCU2005", Imported.Refusal(Model([6], 0)).Id);
        Assert.Equal("QMCU2005", Imported.Refusal(Model([6, 6], 1)).Id);
    }

    [Fact]
    public void Split_takes_sizes_from_an_attribute_and_from_an_input_since_opset_13()
    {
        foreach (int opset in Imported.Opsets())
        {
            var model = new OnnxBuilder(opset).Input("x", 5);
            if (opset < 13)
                model.Node("Split", ["x"], ["a", "b"], ("split", new[] { 2, 3 }));
            else
                model.Integers("sizes", 2, 3).Node("Split", ["x", "sizes"], ["a", "b"]);

            var parts = Imported.Run(model.Output("a").Output("b"), Imported.Range(5));

            Imported.AssertIs(parts[0], "2", 0, 1);
            Imported.AssertIs(parts[1], "3", 2, 3, 4);
        }
    }

    [Fact]
    public void Split_into_equal_parts_needs_an_even_division_before_opset_18()
    {
        OnnxBuilder Model(int opset, params (string, object)[] attributes) =>
            new OnnxBuilder(opset).Input("x", 5).Node("Split", ["x"], ["a", "b"], attributes).Output("a").Output("b");

        Assert.Equal("QMCU2005", Imported.Refusal(Model(13)).Id);
        Assert.Equal(["3", "2"], Imported.Run(Model(18, ("num_outputs", 2)), Imported.Range(5)).Select(part => part.Shape.ToString()));
    }

    [Theory]
    [InlineData(1_000_000_000)]
    [InlineData(0)]
    [InlineData(-1)]
    public void Split_into_an_absurd_number_of_parts_is_invalid(int parts)
    {
        var model = new OnnxBuilder(18).Input("x", 5).Node("Split", ["x"], ["a"], ("num_outputs", parts)).Output("a");

        Assert.Equal("QMCU2005", Imported.Refusal(model).Id);
    }

    [Fact]
    public void Concat_joins_along_an_axis_from_the_end()
    {
        Imported.AssertIs(
            Imported.Node(13, "Concat", Imported.Range(2, 1), [("axis", -1)], ("b", Imported.Range(2, 2))), "2x3", 0, 0, 1, 1, 2, 3);
    }

    [Theory]
    [InlineData("constant", 7, "9,9,0,1,2,9")]
    [InlineData("reflect", 7, "2,1,0,1,2,1")]
    [InlineData("edge", 7, "0,0,0,1,2,2")]
    [InlineData("wrap", 19, "1,2,0,1,2,0")]
    public void Pad_takes_amounts_and_value_from_attributes_and_from_inputs_since_opset_11(string mode, int since, string expected)
    {
        double[] values = expected.Split(',').Select(double.Parse).ToArray();
        foreach (int opset in Imported.Opsets(since))
        {
            var y = opset < 11
                ? Imported.Node(opset, "Pad", Imported.Range(3), ("mode", mode), ("pads", new[] { 2, 1 }), ("value", 9f))
                : Imported.Node(opset, "Pad", Imported.Range(3), [("mode", mode)],
                    ("pads", Imported.Integers(2, 1)), ("value", Tensor.Of(Shape.Scalar, [9f])));
            Imported.AssertIs(y, "6", values);
        }
    }

    [Fact]
    public void Pad_takes_axes_since_opset_18_and_negative_amounts_cut()
    {
        var y = Imported.Node(18, "Pad", Imported.Range(2, 3), [],
            ("pads", Imported.Integers(-1, 1)), ("", Imported.Integers(0)), ("axes", Imported.Integers(-1)));

        Imported.AssertIs(y, "2x3", 1, 2, 0, 4, 5, 0);
    }

    [Theory]
    [InlineData("reflect", "3,0")]
    [InlineData("wrap", "0,0")]
    [InlineData("constant", "-9,0")]
    [InlineData("constant", "1,1,1")]
    [InlineData("constant", "-9223372036854775808,0")]
    public void Pad_by_what_does_not_fit_is_invalid(string mode, string pads)
    {
        var model = new OnnxBuilder(13).Input("x", 3).Constant("p", Dimensions(pads)).Node("Pad", ["x", "p"], ["y"], ("mode", mode)).Output("y");

        Assert.Equal("QMCU2005", Imported.Refusal(model).Id);
    }

    [Fact]
    public void Reductions_take_axes_from_an_attribute_and_later_from_an_input()
    {
        foreach (int opset in Imported.Opsets())
        {
            foreach (string @operator in new[] { "ReduceSum", "ReduceMean", "ReduceMax" })
            {
                double[] expected = @operator switch { "ReduceSum" => [3, 12], "ReduceMean" => [1, 4], _ => [2, 5] };
                bool axesAreInput = opset >= (@operator == "ReduceSum" ? 13 : 18);
                var y = axesAreInput
                    ? Imported.Node(opset, @operator, Imported.Range(2, 3), [("keepdims", 0)], ("axes", Imported.Integers(opset < 11 ? 1 : -1)))
                    : Imported.Node(opset, @operator, Imported.Range(2, 3), ("keepdims", 0), ("axes", new[] { opset < 11 ? 1 : -1 }));
                Imported.AssertIs(y, "2", expected);
            }
        }
    }

    [Fact]
    public void Reductions_without_axes_take_all_or_none_as_asked()
    {
        Imported.AssertIs(Imported.Node(13, "ReduceSum", Imported.Range(2, 3)), "1x1", 15);
        Imported.AssertIs(Imported.Node(13, "ReduceSum", Imported.Range(2), ("noop_with_empty_axes", 1)), "2", 0, 1);
    }

    [Fact]
    public void Expand_broadcasts_both_ways()
    {
        foreach (int opset in Imported.Opsets(from: 8))
            Imported.AssertIs(Imported.Node(opset, "Expand", Imported.Range(2, 1), [], ("shape", Dimensions("2,1,3"))), "2x2x3", 0, 0, 0, 1, 1, 1, 0, 0, 0, 1, 1, 1);
    }

    [Fact]
    public void Gather_checks_constant_indices()
    {
        Imported.AssertIs(Imported.Node(13, "Gather", Imported.Range(2, 3), [("axis", 1)], ("i", Imported.Integers(-1, 0))), "2x2", 2, 0, 5, 3);

        var model = new OnnxBuilder(13).Input("x", 3).Integers("i", 3).Node("Gather", ["x", "i"], ["y"]).Output("y");
        Assert.Equal("QMCU2005", Imported.Refusal(model).Id);
    }

    [Fact]
    public void ArgMax_resolves_its_axis()
    {
        Imported.AssertIs(Imported.Node(13, "ArgMax", Imported.Floats(1, 3, 3)), "1", 1);
        Imported.AssertIs(Imported.Node(12, "ArgMax", Imported.Floats(1, 3, 3), ("axis", -1), ("select_last_index", 1), ("keepdims", 0)), "scalar", 2);
    }

    [Theory]
    [InlineData(0, 4, "1,3,5,7")]
    [InlineData(1, 3, "3,5")]
    [InlineData(-2, 9, "5,7")]
    [InlineData(3, 1, "")]
    public void Shape_is_a_constant_of_the_dimensions_asked_for(int start, int end, string expected)
    {
        var model = new OnnxBuilder(15).Input("x", 1, 3, 5, 7).Node("Shape", ["x"], ["y"], ("start", start), ("end", end)).Output("y", ElementType.Int64);

        var output = Assert.Single(Imported.Graph(model).Outputs);

        Assert.Equal(expected, string.Join(",", output.Constant!.Integers));
    }

    [Fact]
    public void A_chain_that_computes_a_shape_folds_away()
    {
        var model = new OnnxBuilder(11).Input("x", -1, 3, 4)
            .Node("Shape", ["x"], ["shape"])
            .Node("Constant", [], ["zero"], ("value", Tensor.Of(Shape.Scalar, [0L])))
            .Node("Gather", ["shape", "zero"], ["batch"])
            .Node("Unsqueeze", ["batch"], ["batch1"], ("axes", new[] { 0 }))
            .Node("Slice", ["shape", "from", "to"], ["rest"]).Integers("from", 1).Integers("to", 3)
            .Node("ReduceSum", ["rest"], ["sum"], ("keepdims", 1))
            .Node("Cast", ["sum"], ["float"], ("to", 1))
            .Node("Mul", ["float", "factor"], ["scaled"]).Constant("factor", [1.75f], 1)
            .Node("Floor", ["scaled"], ["floored"])
            .Node("Cast", ["floored"], ["columns"], ("to", 7))
            .Node("Concat", ["batch1", "columns"], ["target"], ("axis", 0))
            .Node("Reshape", ["x", "target"], ["y"]).Output("y");

        var node = Assert.Single(Imported.Graph(model).Nodes);

        Assert.Equal("Reshape", node.Operator.Name);
        Assert.Equal("1x12", node.Output.Shape.ToString());
    }

    [Fact]
    public void A_shape_that_depends_on_the_input_is_refused_by_name()
    {
        var model = new OnnxBuilder(13).Input("x", 4).Input("s", ElementType.Int64, 1).Node("Reshape", ["x", "s"], ["y"]).Output("y");

        var refusal = Imported.Refusal(model);

        Assert.Equal("QMCU2011", refusal.Id);
        Assert.Contains("('s')", refusal.Message, StringComparison.Ordinal);
    }

    [Fact]
    public void ConstantOfShape_folds_where_small_and_stays_an_expansion_where_large()
    {
        OnnxBuilder Model(long size) => new OnnxBuilder(9).Integers("shape", size).Input("x", 1)
            .Node("ConstantOfShape", ["shape"], ["c"], ("value", Tensor.Of(new Shape(1), [5f])))
            .Node("Add", ["x", "c"], ["y"]).Output("y");

        Assert.Single(Imported.Graph(Model(4096)).Nodes);
        Assert.Equal(["Expand", "Add"], Imported.Graph(Model(4097)).Nodes.Select(node => node.Operator.Name));
    }

    [Theory]
    [InlineData("value_float", 2.5f, ElementType.Float32, "scalar")]
    [InlineData("value_int", 2, ElementType.Int64, "scalar")]
    [InlineData("value_floats", new[] { 1f, 2f }, ElementType.Float32, "2")]
    [InlineData("value_ints", new[] { 1, 2, 3 }, ElementType.Int64, "3")]
    public void Constant_has_short_forms_since_opset_12(string attribute, object value, ElementType element, string shape)
    {
        OnnxBuilder Model(int opset) => new OnnxBuilder(opset).Node("Constant", [], ["c"], (attribute, value)).Node("Identity", ["c"], ["y"]).Output("y", element);

        Assert.Equal(shape, Assert.Single(Imported.Graph(Model(12)).Outputs).Shape.ToString());
        Assert.Equal("QMCU2004", Imported.Refusal(Model(11)).Id);
    }

    [Fact]
    public void Constant_of_strings_is_refused()
    {
        var model = new OnnxBuilder(13).Node("Constant", [], ["c"], ("value_strings", new[] { "a" })).Output("c");

        Assert.Equal("QMCU2004", Imported.Refusal(model).Id);
    }

    private static Tensor Dimensions(string values) => Imported.Integers(values.Split(',').Select(long.Parse).ToArray());

    private static Tensor WithAxes(int opset, string @operator, Tensor x, params int[] axes) => opset < 13
        ? Imported.Node(opset, @operator, x, ("axes", axes))
        : Imported.Node(opset, @operator, x, [], ("axes", Imported.Integers(axes.Select(axis => (long)axis).ToArray())));

    private static Tensor Slice(int opset, Tensor x, long start, long end, long step) => opset < 10
        ? Imported.Node(opset, "Slice", x, ("starts", new[] { start }), ("ends", new[] { end }))
        : Imported.Node(opset, "Slice", x, [],
            ("starts", Imported.Integers(start)), ("ends", Imported.Integers(end)), ("axes", Imported.Integers(0)), ("steps", Imported.Integers(step)));
}
