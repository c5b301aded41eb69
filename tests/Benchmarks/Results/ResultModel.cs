using System.Collections.Immutable;
using System.Linq;
using QuantMcu.Compiler.Patching;
using QuantMcu.Testing;

namespace QuantMcu.Benchmarks.Results;

/// <summary>A network of the table of mixed precision and patches.</summary>
/// <param name="Evaluation">The model and its data.</param>
/// <param name="Grid">The grid of its rows with patches: of small inputs a coarse one, since halos are a larger part of them.</param>
/// <param name="Curves">Whether its curves are drawn: every point of one is a compilation.</param>
internal sealed record ResultModel(EvaluationModel Evaluation, PatchGrid Grid, bool Curves)
{
    public static ImmutableArray<ResultModel> All { get; } =
    [
        new(EvaluationModel.Named("meter"), new PatchGrid(4, 4), Curves: true),
        new(EvaluationModel.Named("mobilenetv2_tiny_cifar10"), new PatchGrid(2, 2), Curves: true),
        new(EvaluationModel.Named("keyword"), new PatchGrid(2, 2), Curves: false),
        new(EvaluationModel.Named("mnist_resnet"), new PatchGrid(2, 2), Curves: false),
        new(EvaluationModel.Named("resnet8_cifar10"), new PatchGrid(2, 2), Curves: false),
        new(EvaluationModel.Named("dscnn_kws"), new PatchGrid(2, 2), Curves: false),
        new(Accuracy.Unlabelled.Single(model => model.Name == "vww_mobilenetv1_w025_r96"), new PatchGrid(4, 4), Curves: false),
        new(EvaluationModel.Named("mobilenetv2_w035_r128_imagenet"), new PatchGrid(4, 4), Curves: false),
        new(EvaluationModel.Named("mobilenetv1_w025_r224_imagenet"), new PatchGrid(4, 4), Curves: false),
        new(EvaluationModel.Named("mobilenetv2_w100_r224_imagenet"), new PatchGrid(4, 4), Curves: false),
    ];

    public string Name => Evaluation.Name;

    public bool HasLabels => !double.IsNaN(Evaluation.FloatTop1);
}
