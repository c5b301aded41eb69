using System;
using System.Collections.Generic;
using System.Collections.Immutable;
using System.Linq;
using QuantMcu.Compiler.Calibration;
using QuantMcu.Compiler.Graph;
using QuantMcu.Compiler.Graph.Operators;
using QuantMcu.Compiler.Quantization;
using QuantMcu.Compiler.Quantization.Layers;
using QuantMcu.Compiler.Quantization.Ranges;
using Xunit;

namespace QuantMcu.Compiler.Tests.Quantization;

/// <summary>Operators and networks at every mix of 8, 4 and 2 bits.</summary>
public sealed class MixedBitsTests
{
    private static readonly int[] Widths = [8, 4, 2];

    public static TheoryData<int, int> Mixes
    {
        get
        {
            var data = new TheoryData<int, int>();
            foreach (int input in Widths)
            {
                foreach (int output in Widths)
                    data.Add(input, output);
            }

            return data;
        }
    }

    [Theory]
    [MemberData(nameof(Mixes))]
    public void Every_operator_is_within_rounding_of_float_arithmetic_on_dequantized_operands(int inputBits, int outputBits)
    {
        foreach (var operation in OperatorCases.All)
        {
            var sketch = new GraphSketch();
            var graph = sketch.Build(operation.Build(sketch));
            foreach (int weightBits in graph.Nodes.Any(node => node.Operator is Conv) ? Widths : [8])
            {
                // Probabilities and their logarithms have 8 bits by definition.
                int bits = graph.Nodes.Any(node => node.Operator is Softmax) ? 8 : outputBits;
                var quantized = new QuantizedSketch(graph, operation.Amplitude, change: request => Mix(request, inputBits, bits, weightBits));

                double error = quantized.WorstError(Dequantized(graph, quantized.Network));

                double bound = operation.Bound + BiasError(quantized.Network);
                Assert.Equal(SharedQuantizers.SharesQuantizer(graph.Nodes[^1].Operator) ? inputBits : bits, quantized.Output.Quantizer.Bits);
                Assert.True(error <= bound, operation.Name + " with weights of " + weightBits + " bits is off by " + error + " codes of " + bound);
            }
        }
    }

    [Fact]
    public void Feature_maps_and_weights_have_the_bits_that_were_asked_for()
    {
        var sketch = new GraphSketch();
        var first = sketch.Conv(sketch.Input(1, 8, 8, 3), 6, kernel: 3, pad: 1, clamp: Clamp.Relu);
        var pooled = sketch.Add(new MaxPool(GraphSketch.Square(2, 2), false, Layout.ChannelsLast), first);
        var second = sketch.Conv(pooled, 6);
        var sum = sketch.Add(new Binary(BinaryKind.Add), pooled, second);
        var graph = sketch.Build(sketch.Conv(sum, 4));
        var bits = new BitWidths(
            new Dictionary<Value, int> { [pooled] = 4, [second] = 2, [sum] = 2, [graph.Outputs[0]] = 2, [graph.Inputs[0]] = 2 },
            new Dictionary<Node, int> { [graph.Nodes[0]] = 2, [graph.Nodes[2]] = 4 });

        var network = new QuantizedSketch(graph, change: request => request with { Bits = bits }).Network;

        Assert.Equal("8 4 4 2 2 8", string.Join(" ", network.Tensors.Select(tensor => tensor.Quantizer.Bits)));
        Assert.Equal("2 4 8", string.Join(" ", network.Layers.OfType<ConvLayer>().Select(layer => layer.WeightBits)));
        Assert.All(network.Layers.OfType<ConvLayer>().First().Weights, weight => Assert.InRange(weight, -1, 1));
    }

    [Fact]
    public void Concat_rescales_parts_that_have_other_bits()
    {
        var sketch = new GraphSketch();
        var small = sketch.Conv(sketch.Input(1, 6, 6, 4), 4);
        var large = sketch.Conv(small, 4);
        var joined = sketch.Add(new Concat(3), small, large);
        var graph = sketch.Build(sketch.Conv(joined, 3));
        var bits = new BitWidths(new Dictionary<Value, int> { [small] = 2, [joined] = 4 }, new Dictionary<Node, int>());

        var network = new QuantizedSketch(graph, change: request => request with { Bits = bits }).Network;

        var rescale = Assert.Single(network.Layers.OfType<LookupLayer>());
        Assert.Equal(4, rescale.Table.Length);
        Assert.Equal(4, network.Tensor(rescale.Output).Quantizer.Bits);
    }

    [Fact]
    public void Pinned_quantizers_are_used_as_they_are()
    {
        var sketch = new GraphSketch();
        var middle = sketch.Conv(sketch.Input(1, 6, 6, 4), 4);
        var graph = sketch.Build(sketch.Conv(middle, 3));
        var quantizer = new Quantizer(0.37, 3, 4);

        var network = new QuantizedSketch(
            graph, change: request => request with { Pinned = new Dictionary<Value, Quantizer> { [middle] = quantizer } }).Network;

        Assert.Equal(quantizer, network.Tensor(network.Layers[0].Output).Quantizer);
    }

    [Theory]
    [InlineData(8, 6, 27, 1, 6 * 27)]
    [InlineData(4, 6, 27, 1, 6 * 14)]
    [InlineData(2, 6, 27, 1, 6 * 7)]
    [InlineData(4, 5, 9, 5, 9 * 3)]
    [InlineData(2, 5, 9, 5, 9 * 2)]
    public void Flash_of_weights_counts_rows_that_start_on_a_byte(int bits, int outputs, int perChannel, int groups, int expected)
    {
        var sketch = new GraphSketch();
        int channels = groups * perChannel / 9;
        var graph = sketch.Build(sketch.Conv(sketch.Input(1, 6, 6, channels), outputs, kernel: 3, groups: groups));
        var weights = new Dictionary<Node, int> { [graph.Nodes[0]] = bits };

        var network = new QuantizedSketch(
            graph, change: request => request with { Bits = new BitWidths(new Dictionary<Value, int>(), weights) }).Network;

        Assert.Equal(expected, Assert.IsType<ConvLayer>(network.Layers[0]).WeightBytes);
    }

    /// <summary>Inputs and outputs of given bits, which only pinning gives them.</summary>
    private static QuantizationRequest Mix(QuantizationRequest request, int inputBits, int outputBits, int weightBits)
    {
        var graph = request.NormalForm;
        var pinned = new Dictionary<Value, Quantizer>();
        foreach (var value in graph.Inputs.Concat(graph.Outputs))
        {
            var seen = request.Statistics[value];
            pinned[value] = RangeSearch.OfRange(seen.Min, seen.Max, graph.Inputs.Contains(value) ? inputBits : outputBits);
        }

        var weights = graph.Nodes.Where(node => node.Operator is Conv).ToDictionary(node => node, _ => weightBits);
        return request with
        {
            Bits = new BitWidths(new Dictionary<Value, int>(), weights),
            Pinned = pinned,
            Settings = QuantizationSettings.Default with { BiasCorrection = false },
        };
    }

    /// <summary>The same network with the weights that the integer network has.</summary>
    private static NetworkGraph Dequantized(NetworkGraph graph, QuantizedNetwork network)
    {
        var convs = network.Layers.OfType<ConvLayer>().ToDictionary(layer => layer.Name);
        var nodes = graph.Nodes.Select(node =>
        {
            if (!convs.TryGetValue(node.Name, out var layer))
                return node;

            int perChannel = layer.Weights.Length / layer.Bias.Length;
            var weights = layer.Weights.Select((code, i) => (float)(code * layer.WeightScales[i / perChannel])).ToArray();
            var shape = node.Inputs[1]!.Shape;
            return new Node(node.Name, node.Operator, node.Inputs.SetItem(1, new Value("w", Tensor.Of(shape, weights))), node.Outputs);
        });
        return new NetworkGraph(graph.Name, graph.Inputs, graph.Outputs, nodes.ToImmutableArray());
    }

    /// <summary>A bias is rounded to half a unit of the accumulator: in codes of the output.</summary>
    private static double BiasError(QuantizedNetwork network) => network.Layers.OfType<ConvLayer>()
        .Select(layer => 0.5 * network.Tensor(layer.Inputs[0]).Quantizer.Scale * layer.WeightScales.Max() / network.Tensor(layer.Output).Quantizer.Scale)
        .DefaultIfEmpty(0).Max();
}
