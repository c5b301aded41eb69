using System;
using System.Collections.Generic;
using System.Linq;
using System.Threading;
using QuantMcu.Compiler.Calibration;
using QuantMcu.Compiler.Diagnostics;
using QuantMcu.Compiler.Graph;
using QuantMcu.Compiler.Quantization;
using QuantMcu.Compiler.Reference.Float;
using QuantMcu.Compiler.Reference.Integer;

namespace QuantMcu.Compiler.Tests.Quantization;

/// <summary>A float network, its quantized form, and how far apart they are.</summary>
internal sealed class QuantizedSketch
{
    private readonly NetworkGraph graph;
    private readonly List<Tensor[]> samples = [];

    public QuantizedSketch(
        NetworkGraph graph,
        double amplitude = 1,
        InputPreprocessing? preprocessing = null,
        int seed = 7,
        Func<QuantizationRequest, QuantizationRequest>? change = null)
    {
        this.graph = graph;
        var random = new Random(seed);
        for (int i = 0; i < 24; i++)
            samples.Add(graph.Inputs.Select(input => Sample(random, input, amplitude, preprocessing is not null)).ToArray());

        Statistics = TestCalibration.Collect(graph, samples);
        var request = new QuantizationRequest(graph, graph, preprocessing, Statistics, TestCalibration.Samples(samples));
        Network = NetworkQuantizer.Quantize(change is null ? request : change(request), Warnings, CancellationToken.None);
    }

    public CalibrationStatistics Statistics { get; }

    public QuantizedNetwork Network { get; }

    public List<Diagnostic> Warnings { get; } = [];

    public QuantizedTensor Output => Network.Tensor(Network.Outputs[0].Tensor);

    /// <summary>Mean over all outputs and samples of the squared difference from the float network, in real numbers.</summary>
    public double MeanSquaredError()
    {
        double sum = 0;
        foreach (var sample in samples)
        {
            var expected = FloatInterpreter.Run(graph, sample, CancellationToken.None)[0];
            var codes = IntegerInterpreter.Run(Network, sample.Select((tensor, i) => Quantize(tensor, Network.Inputs[i].Tensor)).ToArray())[0];
            sum += codes.Select((code, i) => Math.Pow(Output.Quantizer.Real(code) - expected.At(i), 2)).Average();
        }

        return sum / samples.Count;
    }

    /// <summary>The largest difference between integer and float network over all outputs and samples, in output codes. Both see the same, quantized input.</summary>
    /// <param name="reference">The float network to compare with; the one that was quantized if absent.</param>
    public double WorstError(NetworkGraph? reference = null)
    {
        double worst = 0;
        foreach (var sample in samples)
        {
            var codes = network(sample);
            var rounded = graph.Inputs.Select((input, i) => Dequantize(codes[i], Network.Inputs[i].Tensor)).ToArray();
            var expected = FloatInterpreter.Run(reference ?? graph, rounded, CancellationToken.None);
            var actual = IntegerInterpreter.Run(Network, codes);
            for (int o = 0; o < actual.Length; o++)
                worst = Math.Max(worst, Difference(expected[o], actual[o], Network.Tensor(Network.Outputs[o].Tensor).Quantizer));
        }

        return worst;

        byte[][] network(Tensor[] sample) => sample.Select((tensor, i) => Quantize(tensor, Network.Inputs[i].Tensor)).ToArray();
    }

    private byte[] Quantize(Tensor tensor, int index) =>
        tensor.Floats.Select(value => (byte)Network.Tensor(index).Quantizer.Code(value)).ToArray();

    private Tensor Dequantize(byte[] codes, int index)
    {
        var tensor = Network.Tensor(index);
        return Tensor.Of(tensor.Shape, codes.Select(code => (float)tensor.Quantizer.Real(code)).ToArray());
    }

    private static double Difference(Tensor expected, byte[] actual, Quantizer quantizer)
    {
        double worst = 0;
        for (int i = 0; i < actual.Length; i++)
        {
            double lowest = quantizer.Real(0), highest = quantizer.Real(quantizer.MaxCode);
            double reachable = Math.Max(lowest, Math.Min(highest, expected.At(i)));
            worst = Math.Max(worst, Math.Abs(quantizer.Real(actual[i]) - reachable) / quantizer.Scale);
        }

        return worst;
    }

    private static Tensor Sample(Random random, Value input, double amplitude, bool raw)
    {
        var values = new float[input.Shape.Elements];
        for (int i = 0; i < values.Length; i++)
            values[i] = raw ? random.Next(256) : (float)(amplitude * ((random.NextDouble() * 2) - 1));
        return Tensor.Of(input.Shape, values);
    }
}
