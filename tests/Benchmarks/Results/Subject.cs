using System;
using System.IO;
using System.Linq;
using System.Threading;
using System.Threading.Tasks;
using QuantMcu.Cli.Evaluation;
using QuantMcu.Cli.Output;
using QuantMcu.Compiler;
using QuantMcu.Compiler.Calibration;
using QuantMcu.Compiler.Diagnostics;
using QuantMcu.Compiler.Reference.Integer;
using QuantMcu.Compiler.Reports;
using QuantMcu.Compiler.Request;
using QuantMcu.Compiler.Simplify;
using QuantMcu.Testing;

namespace QuantMcu.Benchmarks.Results;

/// <summary>A network with its samples, and what the float model makes of them; compiled with any options.</summary>
internal sealed class Subject
{
    private readonly ResultModel model;
    private readonly byte[] onnx;
    private readonly byte[] calibration;
    private readonly SampleFeeder feeder;
    private readonly int[]? labels;
    private readonly int[] floatClasses;

    /// <param name="model">The network.</param>
    /// <param name="samples">Evaluation samples to use, at most.</param>
    public Subject(ResultModel model, int samples)
    {
        this.model = model;
        onnx = model.Evaluation.ReadModel();
        calibration = File.ReadAllBytes(ModelsFolder.Data(model.Evaluation.DataSet, "calib_x"));
        labels = model.HasLabels ? model.Evaluation.ReadLabels() : null;
        var plain = Compile(model.Evaluation.Options with { Patches = Compiler.Patching.PatchGrid.Whole }, out _);
        bool isImage = ImageLayout.Of(plain.Source).IsImage(plain.Source.Inputs[0]);
        feeder = new SampleFeeder(model.Evaluation.ReadSamples().Take(samples), plain.Source, isImage, plain.Preprocessing);
        floatClasses = FloatClasses(plain);
        FloatTop1 = labels is null ? null : Top1.Percent(floatClasses, labels);
    }

    public int Samples => feeder.Count;

    /// <summary>Percent; null where there are no labels.</summary>
    public double? FloatTop1 { get; }

    /// <summary>Compiles and evaluates.</summary>
    /// <exception cref="ModelException">The options cannot be met.</exception>
    public Measurement Measure(CompileOptions options)
    {
        var compiled = Compile(options, out double searchSeconds);
        var request = new CompileRequest(model.Name, onnx, calibration, options);
        int[] classes = Classes(compiled);
        var accuracy = new AccuracyFigures(
            Samples, FloatTop1, labels is null ? null : Top1.Percent(classes, labels), Top1.Percent(classes, floatClasses));
        var report = NetworkFigures.Of(request, compiled, CancellationToken.None) with { Accuracy = accuracy };
        return new Measurement(report, searchSeconds);
    }

    private CompiledModel Compile(CompileOptions options, out double searchSeconds)
    {
        var clock = new StageClock(new Progress());
        var result = ModelCompiler.Compile(new CompileRequest(model.Name, onnx, calibration, options), clock, CancellationToken.None);
        searchSeconds = clock.Seconds(SearchStage);
        return result.Model ?? throw new ModelException(result.Diagnostics.Last());
    }

    private int[] FloatClasses(CompiledModel compiled)
    {
        var classes = new int[Samples];
        Parallel.For(0, Samples, new FloatExecutor(compiled.Simplified).Fork, (i, _, own) =>
        {
            classes[i] = Top1.Class<float>(own.Run(feeder.NormalForm[i])[0].Floats);
            return own;
        }, _ => { });
        return classes;
    }

    private int[] Classes(CompiledModel compiled)
    {
        var classes = new int[Samples];
        Parallel.For(0, Samples, i => classes[i] = Top1.Class<byte>(IntegerInterpreter.Run(compiled.Network, [feeder.Codes(i)])[0]));
        return classes;
    }

    private const string SearchStage = "Searching";

    private sealed class Progress : IProgress<CompileProgress>
    {
        public void Report(CompileProgress value)
        {
        }
    }
}

/// <summary>What came of one set of options.</summary>
/// <param name="Report">All figures.</param>
/// <param name="SearchSeconds">Time of the search of patches and bit widths.</param>
internal sealed record Measurement(NetworkReport Report, double SearchSeconds)
{
    /// <summary>Top-1, or where there are no labels the agreement with float, in percent.</summary>
    public double Score => Report.Accuracy!.QuantizedTop1 ?? Report.Accuracy.Agreement;

    /// <summary>Points that the float model is better.</summary>
    public double Loss => (Report.Accuracy!.FloatTop1 ?? 100) - Score;
}
