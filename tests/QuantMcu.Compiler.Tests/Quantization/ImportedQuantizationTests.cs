using System;
using System.Collections.Generic;
using System.Linq;
using QuantMcu.Compiler.Diagnostics;
using QuantMcu.Compiler.Graph;
using QuantMcu.Compiler.Graph.Operators;
using QuantMcu.Compiler.Quantization;
using QuantMcu.Compiler.Quantization.Layers;
using Xunit;

namespace QuantMcu.Compiler.Tests.Quantization;

/// <summary>Networks that come with QuantizeLinear and DequantizeLinear keep their codes and scales.</summary>
public sealed class ImportedQuantizationTests
{
    [Theory]
    [InlineData(ElementType.UInt8, 128)]
    [InlineData(ElementType.Int8, 0)]
    [InlineData(ElementType.Int8, -17)]
    public void Activations_keep_scale_and_zero_point(ElementType type, int zeroPoint)
    {
        var sketch = new GraphSketch();
        var x = Requantized(sketch, sketch.Input(1, 4, 4, 3), 0.01f, zeroPoint, type);
        var y = Requantized(sketch, ConvOf(sketch, x, ElementType.Int8, 0, 0.02f), 0.03f, zeroPoint, type);

        var network = new QuantizedSketch(sketch.Build(y)).Network;

        int offset = type == ElementType.Int8 ? 128 : 0;
        Assert.Equal(new Quantizer(0.01f, zeroPoint + offset), network.Tensor(network.Inputs[0].Tensor).Quantizer);
        Assert.Equal(new Quantizer(0.03f, zeroPoint + offset), network.Tensor(network.Outputs[0].Tensor).Quantizer);
        Assert.Equal(type == ElementType.Int8, network.Inputs[0].Signed);
        Assert.Equal(type == ElementType.Int8, network.Outputs[0].Signed);
        Assert.IsType<ConvLayer>(Assert.Single(network.Layers));
    }

    [Theory]
    [InlineData(ElementType.Int8, 0)]
    [InlineData(ElementType.UInt8, 128)]
    public void Weights_keep_their_codes_and_results_are_within_one_code(ElementType type, int zeroPoint)
    {
        var sketch = new GraphSketch();
        var x = Requantized(sketch, sketch.Input(1, 5, 5, 3), 0.008f, 0, ElementType.Int8);
        var hidden = Requantized(sketch, ConvOf(sketch, x, type, zeroPoint, 0.02f), 0.02f, 5, ElementType.Int8);
        var y = Requantized(sketch, ConvOf(sketch, hidden, type, zeroPoint, 0.01f), 0.05f, -3, ElementType.Int8);

        var quantized = new QuantizedSketch(sketch.Build(y));

        var layer = (ConvLayer)quantized.Network.Layers[0];
        Assert.Equal(Codes(sketch, 0).Select(code => code - zeroPoint), layer.Weights.Select(code => (long)code));
        Assert.All(layer.WeightScales, scale => Assert.Equal(0.02f, scale));
        Assert.Empty(quantized.Warnings);

        // The float reference executes the model's own rounding; two layers may each be off by one code.
        Assert.True(quantized.WorstError() <= 2.001);
    }

    [Fact]
    public void Bits_that_are_asked_for_leave_a_model_that_came_quantized_as_it_is()
    {
        var sketch = new GraphSketch();
        var x = Requantized(sketch, sketch.Input(1, 5, 5, 3), 0.008f, 0, ElementType.Int8);
        var hidden = Requantized(sketch, ConvOf(sketch, x, ElementType.Int8, 0, 0.02f), 0.02f, 5, ElementType.Int8);
        var graph = sketch.Build(Requantized(sketch, ConvOf(sketch, hidden, ElementType.Int8, 0, 0.01f), 0.05f, -3, ElementType.Int8));
        var bits = new BitWidths(
            graph.Nodes.SelectMany(node => node.Outputs).ToDictionary(value => value, _ => 2), graph.Nodes.ToDictionary(node => node, _ => 2));

        var expected = new QuantizedSketch(graph).Network;
        var actual = new QuantizedSketch(graph, change: request => request with { Bits = bits }).Network;

        Assert.DoesNotContain(FeatureMaps.Of(graph, hasRawInput: false), map => map.IsFree);
        Assert.Equal(expected.Tensors.Select(tensor => tensor.Quantizer), actual.Tensors.Select(tensor => tensor.Quantizer));
        Assert.Equal(
            expected.Layers.OfType<ConvLayer>().SelectMany(layer => layer.Weights), actual.Layers.OfType<ConvLayer>().SelectMany(layer => layer.Weights));
        Assert.All(actual.Layers.OfType<ConvLayer>(), layer => Assert.Equal(8, layer.WeightBits));
    }

    [Fact]
    public void Weights_whose_codes_do_not_fit_are_quantized_again_with_a_warning()
    {
        var sketch = new GraphSketch();
        var x = Requantized(sketch, sketch.Input(1, 4, 4, 3), 0.008f, 0, ElementType.Int8);
        var y = Requantized(sketch, ConvOf(sketch, x, ElementType.UInt8, 3, 0.02f), 0.1f, 0, ElementType.Int8);

        var quantized = new QuantizedSketch(sketch.Build(y));

        Assert.Equal(QuantizationRules.WeightsRequantized, Assert.Single(quantized.Warnings).Rule);
        Assert.True(quantized.WorstError() <= 2.001);
    }

    [Fact]
    public void Moving_operators_between_different_scales_get_one_table()
    {
        var sketch = new GraphSketch();
        var x = Requantized(sketch, sketch.Input(1, 4, 4, 3), 0.008f, 0, ElementType.Int8);
        var pooled = sketch.Add(new MaxPool(GraphSketch.Square(2, 2), false, Layout.ChannelsLast), x);
        var y = Requantized(sketch, pooled, 0.02f, 0, ElementType.Int8);

        var quantized = new QuantizedSketch(sketch.Build(y));

        Assert.Equal(["MaxPool", "Rescale"], quantized.Network.Layers.Select(layer => layer.Operator));
        Assert.True(quantized.WorstError() < 0.01);
    }

    [Fact]
    public void Softmax_is_rescaled_to_the_quantizer_that_the_model_wants()
    {
        var sketch = new GraphSketch();
        var x = Requantized(sketch, sketch.Input(1, 10), 0.008f, 0, ElementType.Int8);
        var y = Requantized(sketch, sketch.Add(new Softmax(1, false), x), 1f / 128, -128, ElementType.Int8);

        var network = new QuantizedSketch(sketch.Build(y)).Network;

        Assert.Equal(["Softmax", "Rescale"], network.Layers.Select(layer => layer.Operator));
        Assert.Equal(new Quantizer(1f / 128, 0), network.Tensor(network.Outputs[0].Tensor).Quantizer);
    }

    [Fact]
    public void A_scale_per_channel_of_an_activation_ends_in_a_diagnostic()
    {
        var sketch = new GraphSketch();
        var x = sketch.Input(1, 4, 4, 3);
        var scale = GraphSketch.Constant([0.1f, 0.2f, 0.3f], 3);
        var codes = sketch.Add(new Quantize(3, 0, ElementType.UInt8), x, scale);
        var graph = sketch.Build(sketch.Add(new Dequantize(3, 0), codes, scale));

        var exception = Assert.Throws<ModelException>(() => new QuantizedSketch(graph));

        Assert.Equal(QuantizationRules.UnsupportedForm, exception.Diagnostic.Rule);
    }

    [Fact]
    public void A_dequantize_of_another_scale_than_its_quantize_ends_in_a_diagnostic()
    {
        var sketch = new GraphSketch();
        var codes = sketch.Add(new Quantize(0, 0, ElementType.UInt8), sketch.Input(1, 4), GraphSketch.Constant([0.1f]), Zero(ElementType.UInt8, 0));
        var graph = sketch.Build(sketch.Add(new Dequantize(0, 0), codes, GraphSketch.Constant([0.2f]), Zero(ElementType.UInt8, 0)));

        Assert.Throws<ModelException>(() => new QuantizedSketch(graph));
    }

    private static Value Requantized(GraphSketch sketch, Value x, float scale, int zeroPoint, ElementType type)
    {
        Value step = GraphSketch.Constant([scale]), zero = Zero(type, zeroPoint);
        return sketch.Add(new Dequantize(0, 0), sketch.Add(new Quantize(0, 0, type), x, step, zero), step, zero);
    }

    private static Value ConvOf(GraphSketch sketch, Value x, ElementType type, int zeroPoint, float scale)
    {
        var random = new Random(9);
        int channels = x.Shape[3];
        var codes = Enumerable.Range(0, 4 * 9 * channels).Select(_ => (long)random.Next(-127, 128) + (type == ElementType.UInt8 ? 128 : 0)).ToArray();
        var weights = sketch.Add(
            new Dequantize(0, 0), GraphSketch.Integers(codes, type, 4, 3, 3, channels), GraphSketch.Constant([scale]), Zero(type, zeroPoint));
        return sketch.Add(new Conv(GraphSketch.Square(3, 1, 1), 1, Layout.ChannelsLast), x, weights, sketch.Random(0.1, 4));
    }

    /// <summary>The codes of the nth weights.</summary>
    private static IEnumerable<long> Codes(GraphSketch sketch, int n) =>
        sketch.Nodes.Where(node => node.Operator is Dequantize && node.Inputs[0]!.Constant is not null).ElementAt(n).Inputs[0]!.Constant!.Integers;

    private static Value Zero(ElementType type, int zeroPoint) => GraphSketch.Integers([zeroPoint], type);
}
