using System;
using System.Collections.Generic;
using System.Collections.Immutable;
using System.Linq;
using QuantMcu.Compiler.Diagnostics;
using QuantMcu.Compiler.Graph;
using QuantMcu.Compiler.Graph.Operators;
using QuantMcu.Compiler.Quantization;
using QuantMcu.Compiler.Quantization.Layers;
using Xunit;

namespace QuantMcu.Compiler.Tests.Quantization;

/// <summary>Every operator that has an integer form, against the float reference on the same quantized input.</summary>
public sealed class OperatorQuantizationTests
{
    public static TheoryData<string> CaseNames => [.. OperatorCases.All.Select(c => c.Name)];

    [Theory]
    [MemberData(nameof(CaseNames))]
    public void Operator_quantizes_to_within_rounding_of_the_float_reference(string name)
    {
        var operation = OperatorCases.All.Single(one => one.Name == name);
        var sketch = new GraphSketch();
        var graph = sketch.Build(operation.Build(sketch));

        double error = new QuantizedSketch(graph, operation.Amplitude).WorstError();

        Assert.True(error <= operation.Bound, name + " is off by " + error + " codes");
    }

    [Fact]
    public void Split_quantizes_every_part()
    {
        var sketch = new GraphSketch();
        var split = sketch.AddNode(new Split(3, [1, 2, 3]), sketch.Input(1, 4, 4, 6));

        Assert.True(new QuantizedSketch(sketch.Build([.. split.Outputs])).WorstError() < 0.01);
    }

    [Theory]
    [InlineData(false)]
    [InlineData(true)]
    public void ArgMax_gives_the_index_as_its_code(bool last)
    {
        var sketch = new GraphSketch();
        var graph = sketch.Build(sketch.Add(new ArgMax(1, false, last), sketch.Input(2, 9, 3)));

        // The float reference sees dequantized codes, so ties are ties for both.
        Assert.Equal(0, new QuantizedSketch(graph).WorstError());
    }

    [Fact]
    public void Raw_input_is_used_as_it_is_and_padding_is_the_raw_zero()
    {
        var sketch = new GraphSketch();
        var x = sketch.Input(1, 6, 6, 3);
        var conv = new Conv(GraphSketch.Square(3, 1, 1), 1, Layout.ChannelsLast) { PadValues = [100, 110, 120] };
        var y = sketch.Add(conv, x, sketch.Random(0.01, 8, 3, 3, 3), sketch.Random(1, 8));
        var preprocessing = new QuantMcu.Compiler.Calibration.InputPreprocessing(
            [100, 110, 120], [64, 64, 64], QuantMcu.Compiler.Calibration.SampleType.UInt8);

        var quantized = new QuantizedSketch(sketch.Build(y), preprocessing: preprocessing);

        Assert.Equal(new Quantizer(1, 0), quantized.Network.Tensor(quantized.Network.Inputs[0].Tensor).Quantizer);
        Assert.Equal("100 110 120", string.Join(" ", Assert.IsType<ConvLayer>(quantized.Network.Layers.Single()).PadCodes));
        Assert.Equal([100.0, 110, 120], quantized.Network.Inputs[0].Mean.ToArray());
    }

    [Fact]
    public void Tensors_that_only_a_concat_reads_are_computed_at_its_quantizer()
    {
        var sketch = new GraphSketch();
        var x = sketch.Input(1, 6, 6, 4);
        var pooled = sketch.Add(new MaxPool(GraphSketch.Square(3, 1, 1), false, Layout.ChannelsLast), sketch.Conv(x, 3));
        var y = sketch.Add(new Concat(3), sketch.Conv(x, 5, clamp: Clamp.Relu), pooled);

        var network = new QuantizedSketch(sketch.Build(y)).Network;

        Assert.DoesNotContain(network.Layers, layer => layer is LookupLayer);
        Assert.Single(network.Layers.Select(layer => network.Tensor(layer.Output).Quantizer).Distinct());
    }

    [Fact]
    public void A_tensor_that_another_layer_reads_keeps_its_own_quantizer_before_a_concat()
    {
        var sketch = new GraphSketch();
        var small = sketch.Conv(sketch.Input(1, 6, 6, 4), 4);
        var large = sketch.Add(new Binary(BinaryKind.Mul), sketch.Conv(small, 4), GraphSketch.Constant([50f]));
        var y = sketch.Add(new Concat(3), small, large);

        var network = new QuantizedSketch(sketch.Build(y)).Network;

        Assert.Contains(network.Layers, layer => layer is LookupLayer { Function: "Rescale" });
        Assert.True(network.Tensor(network.Layers[0].Output).Quantizer.Scale < network.Tensor(network.Outputs[0].Tensor).Quantizer.Scale / 4);
    }

    [Theory]
    [InlineData("Div")]
    [InlineData("Cubic")]
    [InlineData("DynamicQuantize")]
    [InlineData("Gather")]
    public void Operators_without_an_integer_form_end_in_one_diagnostic(string name)
    {
        var sketch = new GraphSketch();
        var x = sketch.Input(1, 4, 4, 3);
        var y = name switch
        {
            "Div" => sketch.Add(new Binary(BinaryKind.Div), x, sketch.Add(new Unary(UnaryKind.Exp), x)),
            "Cubic" => sketch.Add(OperatorCases.Resize(ResizeMode.Cubic, CoordinateMode.HalfPixel), x),
            "DynamicQuantize" => sketch.Add(new Dequantize(0, 0), [.. sketch.AddNode(new DynamicQuantize(), x).Outputs]),
            _ => sketch.Add(new Gather(1), x, GraphSketch.Integers([0, 1, 3], ElementType.Int64, 3)),
        };

        var exception = Assert.Throws<ModelException>(() => new QuantizedSketch(sketch.Build(y)));

        Assert.StartsWith("QMCU300", exception.Diagnostic.Id);
        Assert.Contains("Node '" + (name == "Cubic" ? "Resize" : name), exception.Message);
    }

    [Fact]
    public void Every_listed_operator_has_a_case()
    {
        var covered = new HashSet<string>(["Split", "ArgMax", "QuantizeLinear", "DequantizeLinear"]);
        foreach (var operation in OperatorCases.All)
        {
            var sketch = new GraphSketch();
            foreach (var node in sketch.Build(operation.Build(sketch)).Nodes)
                covered.Add(node.Operator.Name);
        }

        Assert.Empty(NetworkQuantizer.QuantizableOperators.Except(covered.Append("Relu")));
        Assert.Empty(covered.Except(NetworkQuantizer.QuantizableOperators).Except(["Div", "Max", "Pow"]));
    }
}
