using System;
using System.Collections.Generic;
using System.Diagnostics;
using System.Globalization;
using System.IO;
using System.Linq;
using System.Threading;
using System.Threading.Tasks;
using QuantMcu.Compiler.Calibration;
using QuantMcu.Compiler.Diagnostics;
using QuantMcu.Compiler.Graph;
using QuantMcu.Compiler.Graph.Import;
using QuantMcu.Compiler.Graph.Operators;
using QuantMcu.Compiler.Quantization;
using QuantMcu.Compiler.Quantization.Equalization;
using QuantMcu.Compiler.Quantization.Weights;
using QuantMcu.Compiler.Reference.Integer;
using QuantMcu.Compiler.Simplify;
using QuantMcu.Testing;

namespace QuantMcu.Benchmarks;

/// <summary>
/// The table of docs/numerics.md: what it costs to give all weights, all feature maps, or both fewer bits, and what each refinement is worth there. The
/// first and the last convolution keep 8 bits, in their weights and in what they read.
/// </summary>
internal sealed class LowBits
{
    private static readonly string[] Models =
        ["meter", "keyword", "dscnn_kws", "mobilenetv2_tiny_cifar10", "resnet8_cifar10", "mobilenetv1_w025_r128_imagenet"];

    private static readonly (int Weights, int Activations)[] Mixes = [(8, 8), (4, 8), (8, 4), (4, 4)];

    private static readonly (string Name, QuantizationSettings Settings)[] Methods =
    [
        ("squared error", QuantizationSettings.Default with { SecondOrderWeights = false }),
        ("second order", QuantizationSettings.Default),
        ("reconstructed", QuantizationSettings.Default with { Reconstruction = true }),
    ];

    private readonly NetworkGraph source;
    private readonly NetworkGraph graph;
    private readonly InputPreprocessing preprocessing;
    private readonly IInputSamples calibration;
    private readonly CalibrationStatistics statistics;
    private readonly SampleFeeder evaluation;
    private readonly int[] labels;
    private readonly float[][] floats;
    private readonly WeightRounding weights;

    private LowBits(EvaluationModel model, int samples)
    {
        source = OnnxImporter.Import(model.ReadModel(), new ImportOptions(), CancellationToken.None);
        bool isImage = ImageLayout.Of(source).IsImage(source.Inputs[0]);
        var calibrationSamples = NpyReader.Read(File.ReadAllBytes(ModelsFolder.Data(model.DataSet, "calib_x")));
        preprocessing = InputPreprocessing.Create(
            model.Options, calibrationSamples.Type, InputPreprocessing.ChannelsOf(source.Inputs[0].Shape, isImage))!;
        var simplified = Simplifier.Run(source, preprocessing, CancellationToken.None);
        calibration = new SampleFeeder(calibrationSamples, source, isImage, preprocessing).NormalForm;
        var first = Calibrator.Collect(simplified, calibration, null, CancellationToken.None);
        graph = CrossLayerEqualization.Run(simplified, first, CancellationToken.None);
        statistics = graph == simplified ? first : Calibrator.Collect(graph, calibration, null, CancellationToken.None);
        weights = new WeightRounding(graph, calibration);

        evaluation = new SampleFeeder(model.ReadSamples().Take(samples), source, isImage, preprocessing);
        labels = model.ReadLabels().Take(samples).ToArray();
        var executor = new FloatExecutor(graph);
        floats = Enumerable.Range(0, evaluation.Count).Select(i => executor.Run(evaluation.NormalForm[i])[0].Floats).ToArray();
    }

    public static void Print(IReadOnlyList<string> names, int samples)
    {
        Console.WriteLine("| network | bits | " + string.Join(" | ", Methods.Select(method => method.Name + ": top-1 %, agreement %, dB")) + " |");
        Console.WriteLine("| --- | --- | " + string.Join(" | ", Methods.Select(_ => "---")) + " |");
        foreach (string name in names.Count > 0 ? names : Models)
        {
            var model = new LowBits(EvaluationModel.Named(name), samples);
            foreach (var (weightBits, activationBits) in Mixes)
            {
                var cells = Methods.Select(method => model.Measure(weightBits, activationBits, method.Settings));
                Console.WriteLine(FormattableString.Invariant(
                    $"| {name} ({model.FloatTop1():F2}) | W{weightBits} A{activationBits} | {string.Join(" | ", cells)} |"));
            }
        }
    }

    private double FloatTop1() => 100.0 * floats.Select((logits, i) => Top(logits) == labels[i] ? 1 : 0).Average();

    private string Measure(int weightBits, int activationBits, QuantizationSettings settings)
    {
        var request = new QuantizationRequest(source, graph, preprocessing, statistics, calibration)
        {
            Bits = Bits(weightBits, activationBits),
            Weights = weights,
            Settings = settings,
        };
        var watch = Stopwatch.StartNew();
        var network = NetworkQuantizer.Quantize(request, new List<Diagnostic>(), CancellationToken.None);
        double seconds = watch.Elapsed.TotalSeconds;
        var quantizer = network.Tensor(network.Outputs[0].Tensor).Quantizer;
        var right = new int[floats.Length];
        var agrees = new int[floats.Length];
        var noise = new double[floats.Length];
        Parallel.For(0, floats.Length, i =>
        {
            var reals = IntegerInterpreter.Run(network, [evaluation.Codes(i)])[0].Select(code => (float)quantizer.Real(code)).ToArray();
            right[i] = Top(reals) == labels[i] ? 1 : 0;
            agrees[i] = Top(reals) == Top(floats[i]) ? 1 : 0;
            noise[i] = reals.Select((real, k) => Math.Pow(real - floats[i][k], 2)).Sum();
        });
        double ratio = 10 * Math.Log10(floats.Sum(values => values.Sum(value => (double)value * value)) / noise.Sum());
        Console.Error.WriteLine(string.Create(CultureInfo.InvariantCulture, $"W{weightBits} A{activationBits} quantized in {seconds:F1} s"));
        return string.Create(CultureInfo.InvariantCulture, $"{100 * right.Average():F2}, {100 * agrees.Average():F2}, {ratio:F1}");
    }

    private BitWidths Bits(int weightBits, int activationBits)
    {
        var convs = graph.Nodes.Where(node => node.Operator is Conv).ToList();
        var last = convs[^1].Inputs[0]!;
        var maps = FeatureMaps.Of(graph, hasRawInput: true).Where(map => map.IsFree && !map.Values.Contains(last));
        return new BitWidths(
            maps.ToDictionary(map => map.Value, _ => activationBits),
            convs.Skip(1).SkipLast(1).ToDictionary(node => node, _ => weightBits));
    }

    private static int Top(float[] values) => Array.IndexOf(values, values.Max());
}
