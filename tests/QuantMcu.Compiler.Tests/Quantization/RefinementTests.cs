using System;
using System.Collections.Generic;
using System.IO;
using System.Linq;
using System.Threading;
using System.Threading.Tasks;
using QuantMcu.Compiler.Calibration;
using QuantMcu.Compiler.Diagnostics;
using QuantMcu.Compiler.Graph;
using QuantMcu.Compiler.Graph.Import;
using QuantMcu.Compiler.Quantization;
using QuantMcu.Compiler.Quantization.Equalization;
using QuantMcu.Compiler.Reference.Integer;
using QuantMcu.Compiler.Simplify;
using QuantMcu.Testing;
using Xunit;
using Xunit.Abstractions;

namespace QuantMcu.Compiler.Tests.Quantization;

/// <summary>What each refinement is worth on real networks; prints the table of docs/numerics.md.</summary>
public sealed class RefinementTests(ITestOutputHelper output)
{
    [ModelsTheory]
    [InlineData("mnist_dw", 4)]
    [InlineData("keyword", 2)]
    [InlineData("dscnn_kws", 10)]
    [InlineData("mobilenetv1_w025_r128_imagenet", 5)]
    public void Refinements_raise_the_signal_to_noise_ratio_of_the_outputs(string name, double decibels)
    {
        var network = new Evaluated(EvaluationModel.Named(name));
        var plain = QuantizationSettings.Default with { BiasCorrection = false, ClipActivations = false, ClipWeights = false };
        double[] ratios =
        [
            network.Ratio(plain, equalize: false),
            network.Ratio(QuantizationSettings.Default with { BiasCorrection = false }, equalize: false),
            network.Ratio(QuantizationSettings.Default, equalize: false),
            network.Ratio(QuantizationSettings.Default, equalize: true),
        ];

        output.WriteLine(FormattableString.Invariant(
            $"| {name} | {ratios[0]:f1} | {ratios[1]:f1} | {ratios[2]:f1} | {ratios[3]:f1} |"));
        Assert.True(ratios[3] >= ratios[0] + decibels, "from " + ratios[0] + " to " + ratios[3]);
        Assert.True(ratios[3] >= ratios[2] - 0.2, "equalization costs " + (ratios[2] - ratios[3]));
    }

    /// <summary>A real network and the float outputs of its first evaluation samples.</summary>
    private sealed class Evaluated
    {
        private const int Samples = 128;

        private readonly NetworkGraph source;
        private readonly NetworkGraph simplified;
        private readonly InputPreprocessing preprocessing;
        private readonly IInputSamples calibration;
        private readonly SampleFeeder evaluation;
        private readonly double[][] floats;

        public Evaluated(EvaluationModel model)
        {
            source = OnnxImporter.Import(model.ReadModel(), new ImportOptions(), CancellationToken.None);
            bool isImage = ImageLayout.Of(source).IsImage(source.Inputs[0]);
            var samples = NpyReader.Read(File.ReadAllBytes(ModelsFolder.Data(model.DataSet, "calib_x"))).Take(64);
            int channels = InputPreprocessing.ChannelsOf(source.Inputs[0].Shape, isImage);
            preprocessing = InputPreprocessing.Create(model.Options, samples.Type, channels)!;
            simplified = Simplifier.Run(source, preprocessing, CancellationToken.None);
            calibration = new SampleFeeder(samples, source, isImage, preprocessing).NormalForm;
            evaluation = new SampleFeeder(model.ReadSamples().Take(Samples), source, isImage, preprocessing);
            var executor = new FloatExecutor(simplified);
            floats = Enumerable.Range(0, evaluation.Count).Select(i => executor.Run(evaluation.NormalForm[i])[0].ToDoubles()).ToArray();
        }

        /// <summary>Energy of the float outputs over that of the differences, in dB.</summary>
        public double Ratio(QuantizationSettings settings, bool equalize)
        {
            var graph = simplified;
            var statistics = Calibrator.Collect(graph, calibration, null, CancellationToken.None);
            if (equalize)
            {
                graph = CrossLayerEqualization.Run(graph, statistics, CancellationToken.None);
                statistics = Calibrator.Collect(graph, calibration, null, CancellationToken.None);
            }

            var request = new QuantizationRequest(source, graph, preprocessing, statistics, calibration) { Settings = settings };
            var network = NetworkQuantizer.Quantize(request, new List<Diagnostic>(), CancellationToken.None);
            var quantizer = network.Tensor(network.Outputs[0].Tensor).Quantizer;
            var noise = new double[floats.Length];
            Parallel.For(0, floats.Length, i =>
            {
                byte[] codes = IntegerInterpreter.Run(network, [evaluation.Codes(i)])[0];
                noise[i] = codes.Select((code, k) => Math.Pow(quantizer.Real(code) - floats[i][k], 2)).Sum();
            });
            return 10 * Math.Log10(floats.Sum(values => values.Sum(value => value * value)) / noise.Sum());
        }
    }
}
