using System;
using System.Collections.Immutable;
using System.IO;
using System.Linq;
using System.Threading;
using QuantMcu.Compiler.Calibration;
using QuantMcu.Compiler.Graph;
using QuantMcu.Compiler.Graph.Import;
using QuantMcu.Compiler.Request;
using QuantMcu.Testing;
using Xunit;

namespace QuantMcu.Compiler.Tests.Calibration;

/// <summary>Real models as imported, on their evaluation data, against ONNX Runtime's top-1 (from the models folder).</summary>
public sealed class RealModelTests
{
    private const double Imagenet = 127.5;

    [ModelsTheory]
    [InlineData("keyword", "keyword", 93.83, 1, 1 / 0.0419921875)]
    [InlineData("keyword_bn", "keyword", 93.83, 1, 1 / 0.0419921875)]
    [InlineData("meter", "meter", 95.5, 112, 64)]
    [InlineData("dscnn_kws", "kws01", 89.0, 83, 1 / 0.5847029)]
    [InlineData("mnist_resnet", "mnist", 98.3, 0, 255)]
    [InlineData("mnist_dw", "mnist", 91.6, 0, 255)]
    [InlineData("mobilenetv1_w025_r128_imagenet", "imagenet_128", 55.1, Imagenet, Imagenet)]
    [InlineData("mobilenetv2_w035_r128_imagenet", "imagenet_128", 57.4, Imagenet, Imagenet)]
    public void Executor_has_the_published_accuracy(string model, string data, double top1, double mean, double std)
    {
        var options = new CompileOptions { Mean = ImmutableArray.Create(mean), Std = ImmutableArray.Create(std) };

        Assert.Equal(top1, Top1(model, data, options), tolerance: 0.051);
    }

    [ModelsFact]
    public void Executor_has_the_published_accuracy_with_a_mean_per_channel()
    {
        double[] mean = { 0.4914 * 255, 0.4822 * 255, 0.4465 * 255 }, std = { 0.2470 * 255, 0.2435 * 255, 0.2616 * 255 };
        var options = new CompileOptions { Mean = mean.ToImmutableArray(), Std = std.ToImmutableArray() };

        Assert.Equal(83.6, Top1("mobilenetv2_tiny_cifar10", "cifar10_jpeg", options), tolerance: 0.051);
    }

    private static double Top1(string model, string data, CompileOptions options)
    {
        byte[] file = File.ReadAllBytes(ModelsFolder.Model(model));
        var graph = OnnxImporter.Import(file, ImportOptions.Default, CancellationToken.None);
        var samples = NpyReader.Read(File.ReadAllBytes(ModelsFolder.Data(data, "eval_x")));
        int[] labels = NpyReader.ReadLabels(File.ReadAllBytes(ModelsFolder.Data(data, "eval_y")));
        int channels = InputPreprocessing.ChannelsOf(graph.Inputs[0].Shape, isImage: true);
        var preprocessing = InputPreprocessing.Create(options, samples.Type, channels);
        var feeder = new SampleFeeder(samples, graph, isImage: true, preprocessing);
        var executor = new FloatExecutor(graph);
        int right = 0;
        for (int i = 0; i < feeder.Count; i++)
        {
            float[] logits = executor.Run(feeder.Source[i])[0].Floats;
            right += Array.IndexOf(logits, logits.Max()) == labels[i] ? 1 : 0;
        }

        return 100.0 * right / feeder.Count;
    }
}
