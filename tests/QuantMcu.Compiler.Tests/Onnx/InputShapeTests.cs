using System;
using System.Collections.Generic;
using System.Linq;
using System.Threading;
using QuantMcu.Compiler.Graph;
using QuantMcu.Compiler.Graph.Import;
using QuantMcu.Compiler.Onnx.Proto;
using QuantMcu.Testing;
using Xunit;

namespace QuantMcu.Compiler.Tests.Onnx;

public sealed class InputShapeTests
{
    [Fact]
    public void A_symbolic_batch_becomes_1() => Assert.Equal("1x3", Imported.Graph(Relu(-1, 3)).Inputs[0].Shape.ToString());

    [Fact]
    public void A_fixed_batch_stays() => Assert.Equal("4x3", Imported.Graph(Relu(4, 3)).Inputs[0].Shape.ToString());

    [Fact]
    public void Another_symbolic_dimension_is_refused_until_it_is_pinned()
    {
        var refusal = Imported.Refusal(Relu(-1, 3, -1));

        Assert.Equal("QMCU2010", refusal.Id);
        Assert.Contains("dimension 2 is 'N'", refusal.Message, StringComparison.Ordinal);
        Assert.Equal("1x3x7", Import(Relu(-1, 3, -1), new Shape(1, 3, 7)).Outputs[0].Shape.ToString());
    }

    [Fact]
    public void A_dimension_with_neither_value_nor_name_is_open()
    {
        var model = Relu(2, 3);
        model.Model.Graph.Input[0].Type.TensorType.Shape.Dim[0] = new TensorShapeProto.Types.Dimension();

        Assert.Equal("1x3", Imported.Graph(model).Inputs[0].Shape.ToString());
    }

    [Fact]
    public void An_input_without_any_shape_needs_a_pinned_one()
    {
        var model = Relu(1);
        model.Model.Graph.Input[0].Type.TensorType.Shape = null;

        Assert.Equal("QMCU2010", Imported.Refusal(model).Id);
        Assert.Equal("2x5", Import(model, new Shape(2, 5)).Outputs[0].Shape.ToString());
    }

    [Theory]
    [InlineData(1, 4)]
    [InlineData(1, 3, 1)]
    public void A_pinned_shape_that_the_model_contradicts_is_refused(params int[] shape)
    {
        var options = new ImportOptions { InputShape = new Shape(shape) };

        Assert.Equal("QMCU2013", Imported.Refusal(Relu(-1, 3).ToBytes(), options).Id);
    }

    [Fact]
    public void A_pinned_shape_goes_to_the_input_that_needs_it()
    {
        var model = new OnnxBuilder().Input("a", -1, 2).Input("b", 1, -1).Node("Concat", ["a", "b"], ["y"], ("axis", 1)).Output("y");

        Assert.Equal(["1x2", "1x5"], Import(model, new Shape(1, 5)).Inputs.Select(input => input.Shape.ToString()));
    }

    [Fact]
    public void A_pinned_shape_that_could_mean_two_inputs_is_refused()
    {
        var model = new OnnxBuilder().Input("a", 1, -1).Input("b", 1, -1).Node("Concat", ["a", "b"], ["y"], ("axis", 1)).Output("y");

        Assert.Equal("QMCU2013", Imported.Refusal(model.ToBytes(), new ImportOptions { InputShape = new Shape(1, 5) }).Id);
    }

    [Fact]
    public void A_pinned_shape_is_bounded_as_the_models_own_are()
    {
        var options = new ImportOptions { InputShape = new Shape(1, 3, int.MaxValue) };

        Assert.Equal("QMCU2009", Imported.Refusal(Relu(-1, 3, -1).ToBytes(), options).Id);
    }

    [Fact]
    public void A_pinned_input_becomes_a_constant()
    {
        var model = new OnnxBuilder().Input("x", 6).Input("shape", ElementType.Int64, 2).Node("Reshape", ["x", "shape"], ["y"]).Output("y");
        var pinned = new Dictionary<string, Tensor> { ["shape"] = Imported.Integers(2, 3), ["other"] = Imported.Integers(1) };

        var graph = OnnxImporter.Import(model.ToBytes(), new ImportOptions { PinnedInputs = pinned }, CancellationToken.None);

        Assert.Equal("x", Assert.Single(graph.Inputs).Name);
        Assert.Equal("2x3", graph.Outputs[0].Shape.ToString());
    }

    [Fact]
    public void A_pinned_input_of_another_type_is_refused()
    {
        var pinned = new Dictionary<string, Tensor> { ["x"] = Imported.Integers(1) };

        Assert.Equal("QMCU2007", Imported.Refusal(Relu(1).ToBytes(), new ImportOptions { PinnedInputs = pinned }).Id);
    }

    [Fact]
    public void Initializers_that_are_listed_as_inputs_are_constants()
    {
        var model = new OnnxBuilder().Input("x", 2).Input("w", 2).Random("w", 1, 2).Node("Add", ["x", "w"], ["y"]).Output("y");

        Assert.Equal("x", Assert.Single(Imported.Graph(model).Inputs).Name);
    }

    [Fact]
    public void Nodes_out_of_order_are_sorted_and_others_keep_their_order()
    {
        var model = new OnnxBuilder().Input("x", 2)
            .Node("Neg", ["c"], ["d"]).Node("Abs", ["x"], ["a"]).Node("Exp", ["x"], ["b"]).Node("Add", ["a", "b"], ["c"]).Output("d");

        Assert.Equal(["a", "b", "c", "d"], Imported.Graph(model).Nodes.Select(node => node.Name));
    }

    [Fact]
    public void The_interface_has_inferred_output_shapes_even_where_the_model_declares_others()
    {
        var model = new OnnxBuilder().Input("x", -1, 2, 3).Node("Flatten", ["x"], ["y"]).Output("y", ElementType.Float32, 9, 9);

        var ports = OnnxImporter.ReadInterface(model.ToBytes(), ImportOptions.Default);

        Assert.Equal("test", ports.Name);
        Assert.Equal(new ModelPort("x", new TensorType(ElementType.Float32, new Shape(1, 2, 3))), Assert.Single(ports.Inputs));
        Assert.Equal(new ModelPort("y", new TensorType(ElementType.Float32, new Shape(1, 6))), Assert.Single(ports.Outputs));
    }

    [Fact]
    public void Import_stops_when_it_is_cancelled()
    {
        using var source = new CancellationTokenSource();
        source.Cancel();

        Assert.Throws<OperationCanceledException>(() => OnnxImporter.Import(Relu(1).ToBytes(), ImportOptions.Default, source.Token));
    }

    private static OnnxBuilder Relu(params int[] shape) => new OnnxBuilder().Input("x", shape).Node("Relu", ["x"], ["y"]).Output("y");

    private static NetworkGraph Import(OnnxBuilder model, Shape shape) =>
        OnnxImporter.Import(model.ToBytes(), new ImportOptions { InputShape = shape }, CancellationToken.None);
}
