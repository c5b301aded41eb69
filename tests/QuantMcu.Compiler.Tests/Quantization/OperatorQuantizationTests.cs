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
    /// <summary>
    /// Largest errors allowed in output codes: 0.5 for one rounding and a little for multipliers; more where weights or constants are rounded,
    /// or where two layers round one after the other. Samples lie in [-Amplitude, Amplitude].
    /// </summary>
    private sealed record Case(string Name, Func<GraphSketch, Value> Build, double Bound, double Amplitude = 1);

    private static readonly Case[] Cases =
    [
        new("Add", s => s.Add(new Binary(BinaryKind.Add), s.Input(1, 4, 4, 3), s.Input(1, 4, 4, 3)), 0.52),
        new("Add broadcast", s => s.Add(new Binary(BinaryKind.Add), s.Input(1, 4, 4, 3), s.Input(1, 1, 1, 3)), 0.52),
        new("Add constant tensor", s => s.Add(new Binary(BinaryKind.Add), s.Input(1, 4, 4, 3), s.Random(1, 4, 4, 3)), 1.1),
        new("Add constant number", s => s.Add(new Binary(BinaryKind.Add), s.Input(1, 4, 4, 3), GraphSketch.Constant([0.7f])), 0.51),
        new("Add clamped", s => s.Add(new Binary(BinaryKind.Add) { Clamp = new Clamp(-0.25f, 0.5f) }, s.Input(1, 4, 4, 3), s.Input(1, 4, 4, 3)), 0.52),
        new("Sub", s => s.Add(new Binary(BinaryKind.Sub), s.Input(1, 4, 4, 3), s.Input(1, 4, 4, 3)), 0.52),
        new("Sub number minus tensor", s => s.Add(new Binary(BinaryKind.Sub), GraphSketch.Constant([1f]), s.Input(1, 4, 4, 3)), 0.51),
        new("Mul", s => s.Add(new Binary(BinaryKind.Mul), s.Input(1, 4, 4, 3), s.Input(1, 4, 4, 3)), 0.52),
        new("Mul broadcast", s => s.Add(new Binary(BinaryKind.Mul), s.Input(1, 4, 4, 3), s.Input(1, 1, 1, 3)), 0.52),
        new("Div by constants", s => s.Add(new Binary(BinaryKind.Div), s.Input(1, 4, 4, 2), GraphSketch.Constant([2f, 3f], 2)), 1.1),
        new("Max with number", s => s.Add(new Binary(BinaryKind.Max), s.Input(1, 4, 4, 3), GraphSketch.Constant([0.1f])), 0.51),
        new("Pow with number", s => s.Add(new Binary(BinaryKind.Pow), s.Input(1, 4, 4, 3), GraphSketch.Constant([2f])), 0.51),
        new("MatMul", s => s.Add(new MatMul(), s.Input(1, 2, 5, 7), s.Input(1, 2, 7, 3)), 0.52),
        new("MatMul shared", s => s.Add(new MatMul(), s.Input(3, 5, 7), s.Input(7, 3)), 0.52),
        new("MatMul vector", s => s.Add(new MatMul(), s.Input(5, 7), s.Input(7)), 0.52),
        new("Conv 1x1", s => s.Conv(s.Input(1, 6, 5, 8), 16), 1.2),
        new("Conv 3x3 padded", s => s.Conv(s.Input(1, 6, 5, 4), 8, kernel: 3, pad: 1), 1.2),
        new("Conv stride 3", s => s.Conv(s.Input(1, 9, 8, 4), 8, kernel: 3, stride: 3, pad: 1), 1.2),
        new("Conv dilated", s => s.Conv(s.Input(1, 9, 8, 4), 8, kernel: 3, pad: 2, dilation: 2), 1.2),
        new("Conv grouped", s => s.Conv(s.Input(1, 6, 5, 12), 6, kernel: 3, pad: 1, groups: 3), 1.2),
        new("DepthwiseConv", s => s.Conv(s.Input(1, 6, 5, 12), 12, kernel: 3, pad: 1, groups: 12), 1.2),
        new("Conv relu", s => s.Conv(s.Input(1, 6, 5, 8), 16, clamp: Clamp.Relu), 1.2),
        new("Conv clamped", s => s.Conv(s.Input(1, 6, 5, 8), 16, clamp: new Clamp(-0.5f, 0.75f)), 2.5),
        new("FullyConnected", s => s.Conv(s.Input(1, 1, 1, 64), 10), 1.2),
        new("Clip", s => s.Add(new Clip(new Clamp(-0.3f, 0.6f)), s.Input(1, 4, 4, 3)), 0.51),
        new("PRelu one slope", s => s.Add(new PRelu(), s.Input(1, 4, 4, 3), GraphSketch.Constant([0.2f])), 0.51),
        new("PRelu per channel", s => s.Add(new PRelu(), s.Input(1, 4, 4, 3), GraphSketch.Constant([0.2f, -0.5f, 0.01f], 3)), 0.52),
        new("MaxPool", s => s.Add(new MaxPool(GraphSketch.Square(3, 2, 1), false, Layout.ChannelsLast), s.Input(1, 7, 6, 3)), 0.01),
        new("MaxPool ceiling", s => s.Add(new MaxPool(GraphSketch.Square(2, 2), true, Layout.ChannelsLast), s.Input(1, 7, 5, 3)), 0.01),
        new("AveragePool", s => s.Add(new AveragePool(GraphSketch.Square(3, 2, 1), false, false, Layout.ChannelsLast), s.Input(1, 7, 6, 3)), 0.52),
        new("AveragePool ceiling", s => s.Add(new AveragePool(GraphSketch.Square(3, 2, 1), true, true, Layout.ChannelsLast), s.Input(1, 8, 6, 3)), 0.52),
        new("AveragePool global", s => s.Add(new AveragePool(GraphSketch.Square(7), false, true, Layout.ChannelsLast), s.Input(1, 7, 7, 3)), 0.52),
        new("ReduceMean of image", s => s.Add(new Reduce(ReduceKind.Mean, [1, 2], true), s.Input(1, 5, 6, 3)), 0.52),
        new("ReduceMean of far axes", s => s.Add(new Reduce(ReduceKind.Mean, [1, 3], false), s.Input(1, 5, 6, 3)), 0.52),
        new("ReduceSum", s => s.Add(new Reduce(ReduceKind.Sum, [2], false), s.Input(1, 5, 6, 3)), 0.52),
        new("ReduceMax", s => s.Add(new Reduce(ReduceKind.Max, [1, 2], true), s.Input(1, 5, 6, 3)), 0.01),
        new("Concat", s => s.Add(new Concat(3), s.Input(1, 4, 4, 3), s.Input(1, 4, 4, 2), s.Random(1, 1, 4, 4, 1)), 1.01),
        new("Reshape", s => s.Add(new Reshape(new Shape(1, 48)), s.Input(1, 4, 4, 3)), 0.01),
        new("Slice", s => s.Add(new Slice([0, 3, 1, 0], [1, -1, 2, 1], [1, 3, 2, 3]), s.Input(1, 4, 4, 3)), 0.01),
        new("Transpose", s => s.Add(new Transpose([0, 3, 1, 2]), s.Input(1, 4, 5, 3)), 0.01),
        new("Expand", s => s.Add(new Expand(new Shape(2, 4, 5, 3)), s.Input(4, 1, 3)), 0.01),
        new("Gather", s => s.Add(new Gather(1), s.Input(2, 6, 3), GraphSketch.Integers([-1, 3, 1], ElementType.Int64, 3)), 0.01),
        new("Pad zero", s => s.Add(new Pad(PadMode.Constant, [0, 1, 0, 0], [0, 0, 2, 1], 0), s.Input(1, 4, 4, 3)), 0.01),
        new("Pad value", s => s.Add(new Pad(PadMode.Constant, [0, 1, 0, 0], [0, 0, 2, 1], 3), s.Input(1, 4, 4, 3)), 0.51),
        new("Pad crop and reflect", s => s.Add(new Pad(PadMode.Reflect, [0, 2, -1, 0], [0, 3, 2, 0], 0), s.Input(1, 4, 4, 3)), 0.01),
        new("Pad edge", s => s.Add(new Pad(PadMode.Edge, [0, 2, 1, 0], [0, 3, 2, 0], 0), s.Input(1, 4, 4, 3)), 0.01),
        new("Resize nearest", s => s.Add(Resize(ResizeMode.Nearest, CoordinateMode.Asymmetric), s.Input(1, 4, 4, 3)), 0.01),
        new("Resize linear", s => s.Add(Resize(ResizeMode.Linear, CoordinateMode.HalfPixel), s.Input(1, 4, 4, 3)), 0.7),
        new("Resize linear corners", s => s.Add(Resize(ResizeMode.Linear, CoordinateMode.AlignCorners), s.Input(1, 4, 4, 3)), 0.7),
        new("Softmax", s => s.Add(new Softmax(1, false), s.Input(1, 10)), 0.6, Amplitude: 6),
        new("Softmax of columns", s => s.Add(new Softmax(1, false), s.Input(2, 5, 3)), 0.6, Amplitude: 6),
        new("LogSoftmax", s => s.Add(new Softmax(1, true), s.Input(1, 10)), 0.8, Amplitude: 6),
        .. Enum.GetValues<UnaryKind>().Where(kind => kind is not (UnaryKind.Log or UnaryKind.Sqrt or UnaryKind.Reciprocal))
            .Select(kind => new Case(kind.ToString(), s => s.Add(new Unary(kind, 0.3f, 0.6f), s.Input(1, 4, 4, 3)), 0.51, Amplitude: 3)),
        .. new[] { UnaryKind.Log, UnaryKind.Sqrt, UnaryKind.Reciprocal }
            .Select(kind => new Case(kind.ToString(), s => s.Add(new Unary(kind), Positive(s, 1, 4, 4, 3)), 1.7)),
    ];

    public static TheoryData<string> CaseNames => [.. Cases.Select(c => c.Name)];

    [Theory]
    [MemberData(nameof(CaseNames))]
    public void Operator_quantizes_to_within_rounding_of_the_float_reference(string name)
    {
        var operation = Cases.Single(one => one.Name == name);
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
            "Cubic" => sketch.Add(Resize(ResizeMode.Cubic, CoordinateMode.HalfPixel), x),
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
        foreach (var operation in Cases)
        {
            var sketch = new GraphSketch();
            foreach (var node in sketch.Build(operation.Build(sketch)).Nodes)
                covered.Add(node.Operator.Name);
        }

        Assert.Empty(NetworkQuantizer.QuantizableOperators.Except(covered.Append("Relu")));
        Assert.Empty(covered.Except(NetworkQuantizer.QuantizableOperators).Except(["Div", "Max", "Pow"]));
    }

    private static Resize Resize(ResizeMode mode, CoordinateMode coordinates) =>
        new(mode, coordinates, NearestMode.Floor, [1, 8, 6, 3], [1, 2, 1.5f, 1]);

    private static Value Positive(GraphSketch sketch, params int[] shape) =>
        sketch.Add(new Binary(BinaryKind.Add), sketch.Input(shape), GraphSketch.Constant([2f]));
}
