using System;
using System.Collections.Immutable;
using System.Globalization;
using System.IO;
using System.Linq;
using System.Text;
using System.Text.RegularExpressions;
using QuantMcu.Compiler.Calibration;
using QuantMcu.Compiler.Request;

namespace QuantMcu.Testing;

/// <summary>A real network with labelled samples, and its float accuracy as measured once with ONNX Runtime.</summary>
/// <param name="Name">File name in the folder of models, without extension.</param>
/// <param name="DataSet">Folder of the samples.</param>
/// <param name="Mean">Real input = (raw sample - Mean) / Std: one value, or one per channel, in raw samples.</param>
/// <param name="Std">See Mean.</param>
/// <param name="FloatTop1">Percent of all evaluation samples, rounded to <paramref name="Decimals"/> decimals.</param>
/// <param name="Decimals">Decimals of FloatTop1.</param>
public sealed record EvaluationModel(
    string Name, string DataSet, ImmutableArray<double> Mean, ImmutableArray<double> Std, double FloatTop1, int Decimals = 1)
{
    private static readonly ImmutableArray<double> Cifar10Mean = [0.4914 * 255, 0.4822 * 255, 0.4465 * 255];

    private static readonly ImmutableArray<double> Cifar10Std = [0.2470 * 255, 0.2435 * 255, 0.2616 * 255];

    /// <summary>Every network with labels; the table of MODELS.md beside the models.</summary>
    public static ImmutableArray<EvaluationModel> All { get; } =
    [
        new("keyword", "keyword", [1], [1 / 0.0419921875], 93.83, 2),
        new("keyword_bn", "keyword", [1], [1 / 0.0419921875], 93.83, 2),
        new("meter", "meter", [112], [64], 95.50, 2),
        new("meter_bn", "meter", [112], [64], 95.50, 2),
        new("dscnn_kws", "kws01", [83], [1 / 0.5847029], 89.0),
        new("mnist_resnet", "mnist", [0], [255], 98.3),
        new("mnist_dw", "mnist", [0], [255], 91.6),
        new("resnet8_cifar10", "cifar10_jpeg", [0], [1], 75.9),
        new("resnet8_cifar10_bn", "cifar10_jpeg", [0], [1], 75.9),
        new("mobilenetv2_tiny_cifar10", "cifar10_jpeg", Cifar10Mean, Cifar10Std, 83.6),
        new("mobilenetv2_tiny_cifar10_bn", "cifar10_jpeg", Cifar10Mean, Cifar10Std, 83.6),
        new("mobilenetv1_w025_r128_imagenet", "imagenet_128", [127.5], [127.5], 55.1),
        new("mobilenetv2_w035_r128_imagenet", "imagenet_128", [127.5], [127.5], 57.4),
        new("mobilenetv1_w025_r224_imagenet", "imagenet_224", [127.5], [127.5], 63.3),
        new("mobilenetv1_w025_r224_imagenet_bn", "imagenet_224", [127.5], [127.5], 63.3),
        new("mobilenetv2_w100_r224_imagenet", "imagenet_224", [127.5], [127.5], 76.6),
    ];

    public static EvaluationModel Named(string name) => All.Single(model => model.Name == name);

    /// <summary>The preprocessing, as a user of the compiler states it.</summary>
    public CompileOptions Options => CompileOptions.Default with { Mean = Mean, Std = Std };

    public byte[] ReadModel() => File.ReadAllBytes(ModelsFolder.Model(Name));

    /// <summary>The first calibration samples, a file of their own.</summary>
    public byte[] ReadCalibration(int samples)
    {
        byte[] file = File.ReadAllBytes(ModelsFolder.Data(DataSet, "calib_x"));
        int start = 10 + BitConverter.ToUInt16(file, 8);
        string header = Encoding.ASCII.GetString(file, 10, start - 10);
        var count = Regex.Match(header, @"\(([0-9]+),");
        int sampleBytes = (file.Length - start) / int.Parse(count.Groups[1].Value, CultureInfo.InvariantCulture);
        string fewer = header.Replace(count.Value, string.Create(CultureInfo.InvariantCulture, $"({samples},")).TrimEnd().PadRight(header.Length - 1) + "\n";
        return [.. file.AsSpan(0, 10), .. Encoding.ASCII.GetBytes(fewer), .. file.AsSpan(start, samples * sampleBytes)];
    }

    public SampleSet ReadSamples() => NpyReader.Read(File.ReadAllBytes(ModelsFolder.Data(DataSet, "eval_x")));

    public int[] ReadLabels() => NpyReader.ReadLabels(File.ReadAllBytes(ModelsFolder.Data(DataSet, "eval_y")));
}
