using System.IO;
using System.Linq;
using System.Threading;
using System.Threading.Tasks;
using QuantMcu.Compiler.Calibration;
using QuantMcu.Compiler.Reference.Integer;
using QuantMcu.Compiler.Simplify;
using QuantMcu.Testing;
using Xunit;

namespace QuantMcu.Compiler.Tests.Quantization;

/// <summary>Real networks on real samples: what 8 bits cost with the compiler's defaults and all calibration samples.</summary>
public sealed class AccuracyTests
{
    [ModelsTheory]
    [InlineData("keyword", 600, 0.5)]
    [InlineData("meter", 400, 0.5)]
    [InlineData("dscnn_kws", 400, 0.5)]
    [InlineData("mnist_dw", 2000, 0.5)]
    [InlineData("resnet8_cifar10", 600, 1.0)]
    [InlineData("mobilenetv2_tiny_cifar10", 600, 1.0)]
    public void Quantized_top1_is_close_to_float(string name, int samples, double points)
    {
        var (floats, quantized, labels) = Classify(name, samples);

        double expected = Percent(floats, labels), actual = Percent(quantized, labels);

        Assert.True(actual >= expected - points, name + ": float " + expected + ", quantized " + actual);
        Assert.True(Percent(floats, quantized) >= 97.5, name + " agrees on " + Percent(floats, quantized) + " percent");
    }

    /// <summary>Hard for 8 bits: docs/numerics.md says why.</summary>
    [ModelsTheory]
    [InlineData("mobilenetv1_w025_r128_imagenet")]
    [InlineData("mobilenetv2_w035_r128_imagenet")]
    public void Small_networks_of_a_thousand_classes_agree_with_float(string name)
    {
        var (floats, quantized, _) = Classify(name, 256);

        Assert.True(Percent(floats, quantized) >= 89, name + " agrees on " + Percent(floats, quantized) + " percent");
    }

    private static (int[] Floats, int[] Quantized, int[] Labels) Classify(string name, int count)
    {
        var evaluation = EvaluationModel.Named(name);
        byte[] calibration = File.ReadAllBytes(ModelsFolder.Data(evaluation.DataSet, "calib_x"));
        var result = ModelCompiler.Compile(
            new CompileRequest(name, evaluation.ReadModel(), calibration, evaluation.Options), null, CancellationToken.None);
        var model = result.Model!;
        bool isImage = ImageLayout.Of(model.Source).IsImage(model.Source.Inputs[0]);
        var feeder = new SampleFeeder(evaluation.ReadSamples().Take(count), model.Source, isImage, model.Preprocessing);
        int[] floats = new int[feeder.Count], quantized = new int[feeder.Count];
        var executor = new FloatExecutor(model.Simplified);
        Parallel.For(
            0,
            feeder.Count,
            executor.Fork,
            (i, _, own) =>
            {
                floats[i] = Top(own.Run(feeder.NormalForm[i])[0].ToDoubles());
                quantized[i] = Top(IntegerInterpreter.Run(model.Network, [feeder.Codes(i)])[0].Select(code => (double)code).ToArray());
                return own;
            },
            _ => { });
        return (floats, quantized, evaluation.ReadLabels().Take(feeder.Count).ToArray());
    }

    private static int Top(double[] scores) => System.Array.IndexOf(scores, scores.Max());

    private static double Percent(int[] actual, int[] expected) =>
        100.0 * actual.Zip(expected, (a, b) => a == b ? 1 : 0).Sum() / expected.Length;
}
