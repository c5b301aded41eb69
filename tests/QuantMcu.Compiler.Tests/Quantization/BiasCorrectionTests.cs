using System;
using System.Collections.Generic;
using System.Linq;
using System.Threading;
using QuantMcu.Compiler.Diagnostics;
using QuantMcu.Compiler.Graph;
using QuantMcu.Compiler.Graph.Operators;
using QuantMcu.Compiler.Quantization;
using QuantMcu.Compiler.Reference.Float;
using QuantMcu.Compiler.Reference.Integer;
using Xunit;

namespace QuantMcu.Compiler.Tests.Quantization;

public sealed class BiasCorrectionTests
{
    [Fact]
    public void Correction_takes_most_of_the_mean_error_out_of_a_deep_network()
    {
        var sketch = new GraphSketch(5);
        var x = sketch.Input(1, 8, 8, 4);
        for (int i = 0; i < 4; i++)
            x = sketch.Conv(sketch.Conv(x, 12, kernel: 3, pad: 1, clamp: Clamp.Relu), 12, kernel: 3, pad: 1, groups: 12, clamp: Clamp.Relu);
        var graph = sketch.Build(sketch.Conv(x, 6));

        double without = MeanError(graph, QuantizationSettings.Default with { BiasCorrection = false });
        double with = MeanError(graph, QuantizationSettings.Default);

        Assert.True(with < 0.3 * without, without + " became " + with);
    }

    /// <summary>Mean over the outputs of the absolute difference of their means over samples and pixels, in output codes.</summary>
    private static double MeanError(NetworkGraph graph, QuantizationSettings settings)
    {
        var random = new Random(2);
        var input = graph.Inputs[0];
        var samples = Enumerable.Range(0, 24).Select(_ => new[]
        {
            Tensor.Of(input.Shape, Enumerable.Range(0, input.Shape.Elements).Select(_ => (float)random.NextDouble()).ToArray()),
        }).ToList();
        var statistics = TestCalibration.Collect(graph, samples);
        var request = new QuantizationRequest(graph, graph, null, statistics, TestCalibration.Samples(samples)) { Settings = settings };
        var network = NetworkQuantizer.Quantize(request, new List<Diagnostic>(), CancellationToken.None);

        var x = network.Tensor(network.Inputs[0].Tensor).Quantizer;
        var y = network.Tensor(network.Outputs[0].Tensor);
        var differences = new double[y.Shape[3]];
        foreach (var sample in samples)
        {
            float[] expected = FloatInterpreter.Run(graph, sample, CancellationToken.None)[0].Floats;
            byte[] actual = IntegerInterpreter.Run(network, [sample[0].Floats.Select(value => (byte)x.Code(value)).ToArray()])[0];
            for (int i = 0; i < actual.Length; i++)
                differences[i % differences.Length] += (y.Quantizer.Real(actual[i]) - expected[i]) / y.Quantizer.Scale;
        }

        return differences.Average(sum => Math.Abs(sum) * differences.Length / (samples.Count * y.Elements));
    }
}
