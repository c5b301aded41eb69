using System;
using System.Linq;
using QuantMcu.Compiler.Diagnostics;
using QuantMcu.Compiler.Graph;
using QuantMcu.Compiler.Graph.Operators;
using QuantMcu.Compiler.Quantization;
using QuantMcu.Compiler.Quantization.Invariants;
using QuantMcu.Compiler.Quantization.Layers;
using Xunit;

namespace QuantMcu.Compiler.Tests.Quantization;

public sealed class OverflowTests
{
    [Fact]
    public void A_sum_of_100000_largest_weights_gets_coarser_weights_until_it_fits()
    {
        var sketch = new GraphSketch();
        var x = sketch.Input(1, 1, 1, 100_000);
        var weights = GraphSketch.Constant(Enumerable.Repeat(1f, 100_000).ToArray(), 1, 1, 1, 100_000);
        var y = sketch.Add(new Conv(GraphSketch.Square(1), 1, Layout.ChannelsLast), x, weights, GraphSketch.Constant([0f], 1));

        var quantized = new QuantizedSketch(sketch.Build(y));

        var layer = Assert.IsType<ConvLayer>(quantized.Network.Layers.Single());
        Assert.InRange(layer.Weights[0], 20, 100);
        Assert.True(quantized.WorstError() < 2);
    }

    [Fact]
    public void A_tiny_channel_beside_a_vast_bias_keeps_its_bias()
    {
        var sketch = new GraphSketch();
        var x = sketch.Input(1, 2, 2, 4);
        var y = sketch.Add(new Conv(GraphSketch.Square(1), 1, Layout.ChannelsLast), x, sketch.Random(1e-12, 2, 1, 1, 4), GraphSketch.Constant([1000f, -3f], 2));

        Assert.True(new QuantizedSketch(sketch.Build(y)).WorstError() < 1);
    }

    [Theory]
    [InlineData(66311, true)]
    [InlineData(66312, false)]
    public void Verify_proves_from_the_actual_weights(int taps, bool fits)
    {
        // 127 * 255 * 66311 is just inside int32; the bias is 0.
        var network = FullyConnected(Enumerable.Repeat((sbyte)127, taps).ToArray(), bias: 0, preShift: 0);

        Assert.Equal(fits, Verifies(network));
    }

    [Fact]
    public void Verify_counts_the_bias_and_the_first_shift()
    {
        sbyte[] weights = [127, -127];

        Assert.True(Verifies(FullyConnected(weights, int.MaxValue - (127 * 255), preShift: 0)));
        Assert.False(Verifies(FullyConnected(weights, int.MaxValue - (127 * 255) + 1, preShift: 0)));
        Assert.True(Verifies(FullyConnected(weights, 0, preShift: 16)));
        Assert.False(Verifies(FullyConnected(weights, 0, preShift: 17)));
    }

    [Fact]
    public void Verify_refuses_a_layer_that_reads_a_tensor_before_it_is_written()
    {
        var network = FullyConnected([1, 2], 0, 0);
        var broken = network with { Inputs = [] };

        Assert.False(Verifies(broken));
    }

    private static bool Verifies(QuantizedNetwork network)
    {
        try
        {
            NetworkInvariants.Verify(network);
            return true;
        }
        catch (ModelException exception) when (exception.Diagnostic.Rule == QuantizationRules.InconsistentNetwork)
        {
            return false;
        }
    }

    private static QuantizedNetwork FullyConnected(sbyte[] weights, int bias, int preShift)
    {
        var quantizer = new Quantizer(1, 0);
        var layer = new ConvLayer(
            "dense", [0], 1, GraphSketch.Square(1), 1, weights, 8, [1.0], [bias],
            new Requantization([1 << 20], preShift, 8, 0, 0, 255), new byte[weights.Length]);
        return new QuantizedNetwork(
            "test",
            [new QuantizedTensor("x", new Shape(1, 1, 1, weights.Length), quantizer), new QuantizedTensor("y", new Shape(1, 1, 1, 1), quantizer)],
            [layer],
            [new NetworkPort("x", 0, false, new Shape(1, weights.Length))],
            [new NetworkPort("y", 1, false, new Shape(1, 1))]);
    }
}
