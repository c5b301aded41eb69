using System;
using System.Collections.Generic;
using System.Linq;
using System.Threading;
using QuantMcu.Compiler.Graph;
using QuantMcu.Compiler.Graph.Operators;
using QuantMcu.Compiler.Quantization.Equalization;
using QuantMcu.Compiler.Reference.Float;
using Xunit;

namespace QuantMcu.Compiler.Tests.Quantization;

public sealed class CrossLayerEqualizationTests
{
    private static readonly Clamp Relu6 = new(0, 6);

    public static TheoryData<string> Networks => ["pointwise", "depthwise", "residual", "pooled", "clamped"];

    [Theory]
    [MemberData(nameof(Networks))]
    public void Run_keeps_the_function_and_changes_the_weights(string kind)
    {
        var (graph, samples) = Unbalanced(kind);
        var statistics = TestCalibration.Collect(graph, samples);

        var balanced = CrossLayerEqualization.Run(graph, statistics, CancellationToken.None);

        Assert.NotSame(graph, balanced);
        foreach (var sample in samples)
        {
            float[] expected = FloatInterpreter.Run(graph, sample, CancellationToken.None)[0].Floats;
            float[] actual = FloatInterpreter.Run(balanced, sample, CancellationToken.None)[0].Floats;
            double largest = expected.Max(Math.Abs);
            for (int i = 0; i < expected.Length; i++)
                Assert.Equal(expected[i], actual[i], 1e-4 * largest);
        }
    }

    [Theory]
    [InlineData("pointwise")]
    [InlineData("depthwise")]
    [InlineData("residual")]
    public void Run_makes_the_quantized_network_more_exact(string kind)
    {
        var (graph, samples) = Unbalanced(kind);
        var balanced = CrossLayerEqualization.Run(graph, TestCalibration.Collect(graph, samples), CancellationToken.None);

        double before = new QuantizedSketch(graph).MeanSquaredError(), after = new QuantizedSketch(balanced).MeanSquaredError();

        Assert.True(after < 0.7 * before, kind + ": " + before + " became " + after);
    }

    [Fact]
    public void Run_leaves_a_channel_alone_whose_clamp_binds()
    {
        var (graph, samples) = Unbalanced("clamped");
        var statistics = TestCalibration.Collect(graph, samples);
        var first = graph.Nodes[0];
        int binding = Enumerable.Range(0, first.Output.Shape[3]).First(c => statistics[first.Output].ChannelMax[c] >= 6);

        var balanced = CrossLayerEqualization.Run(graph, statistics, CancellationToken.None);

        int perChannel = first.Inputs[1]!.Shape.Elements / first.Output.Shape[3];
        float[] before = first.Inputs[1]!.Constant!.Floats, after = balanced.Nodes[0].Inputs[1]!.Constant!.Floats;
        Assert.Equal(before.Skip(binding * perChannel).Take(perChannel), after.Skip(binding * perChannel).Take(perChannel));
    }

    [Fact]
    public void Run_leaves_outputs_and_what_a_table_reads_as_they_are()
    {
        var sketch = new GraphSketch();
        var hidden = sketch.Conv(sketch.Input(1, 4, 4, 3), 8);
        var y = sketch.Conv(sketch.Add(new Unary(UnaryKind.HardSwish), hidden), 4);
        var graph = sketch.Build(y);

        Assert.Same(graph, CrossLayerEqualization.Run(graph, TestCalibration.Collect(graph, Samples(graph)), CancellationToken.None));
    }

    /// <summary>Channels of the tensor between two layers differ by up to 200 in range, and the second layer's weights make up for it.</summary>
    private static (NetworkGraph Graph, List<Tensor[]> Samples) Unbalanced(string kind)
    {
        var sketch = new GraphSketch(3);
        var x = sketch.Input(1, 6, 6, 4);
        var clamp = kind == "clamped" ? Relu6 : Clamp.Relu;
        const int Channels = 8;
        double[] ranges = [.. Enumerable.Range(0, Channels).Select(c => Math.Pow(200, -c / (Channels - 1.0)))];
        var hidden = Scaled(sketch, x, Channels, 1, clamp, output: c => (kind == "clamped" ? 20 : 1) * ranges[c], input: _ => 1);
        Value read = kind switch
        {
            "residual" => sketch.Add(
                new Binary(BinaryKind.Add), hidden, Scaled(sketch, hidden, Channels, 1, Clamp.None, c => ranges[c], c => 1 / ranges[c])),
            "pooled" => sketch.Add(new AveragePool(GraphSketch.Square(2, 2), false, true, Layout.ChannelsLast), hidden),
            _ => hidden,
        };
        var y = kind == "depthwise"
            ? sketch.Conv(Scaled(sketch, read, Channels, Channels, Clamp.Relu, c => 1 / ranges[c], _ => 1), 5)
            : Scaled(sketch, read, 5, 1, Clamp.None, _ => 1, c => 1 / ranges[c]);
        var graph = sketch.Build(y);
        return (graph, Samples(graph));
    }

    /// <summary>A 1x1 convolution (3x3 if depthwise) of random weights, multiplied per output and per input channel.</summary>
    private static Value Scaled(
        GraphSketch sketch, Value x, int outputs, int groups, Clamp clamp, Func<int, double> output, Func<int, double> input)
    {
        int kernel = groups > 1 ? 3 : 1, perGroup = x.Shape[3] / groups, perOutput = kernel * kernel * perGroup;
        float[] weights = sketch.Random(1, outputs, kernel, kernel, perGroup).Constant!.Floats;
        float[] bias = sketch.Random(0.3, outputs).Constant!.Floats;
        for (int i = 0; i < weights.Length; i++)
            weights[i] *= (float)(output(i / perOutput) * input(i % perGroup));
        for (int m = 0; m < outputs; m++)
            bias[m] *= (float)output(m);

        var conv = new Conv(GraphSketch.Square(kernel, 1, kernel / 2), groups, Layout.ChannelsLast) { Clamp = clamp };
        return sketch.Add(conv, x, GraphSketch.Constant(weights, outputs, kernel, kernel, perGroup), GraphSketch.Constant(bias, outputs));
    }

    private static List<Tensor[]> Samples(NetworkGraph graph)
    {
        var random = new Random(11);
        return Enumerable.Range(0, 16).Select(_ => graph.Inputs.Select(input => Tensor.Of(
            input.Shape, Enumerable.Range(0, input.Shape.Elements).Select(_ => (float)((random.NextDouble() * 2) - 1)).ToArray())).ToArray()).ToList();
    }
}
