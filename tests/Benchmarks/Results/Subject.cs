using System;
using System.Diagnostics;
using System.IO;
using System.Linq;
using System.Threading;
using System.Threading.Tasks;
using QuantMcu.Cli.Evaluation;
using QuantMcu.Cli.Output;
using QuantMcu.Compiler;
using QuantMcu.Compiler.Calibration;
using QuantMcu.Compiler.Diagnostics;
using QuantMcu.Compiler.Memory;
using QuantMcu.Compiler.Quantization;
using QuantMcu.Compiler.Reference.Integer;
using QuantMcu.Compiler.Reports;
using QuantMcu.Compiler.Request;
using QuantMcu.Compiler.Searching.Output;
using QuantMcu.Compiler.Simplify;
using QuantMcu.Testing;

namespace QuantMcu.Benchmarks.Results;

/// <summary>A network with its samples, and what the float model makes of them; compiled with any options.</summary>
internal sealed class Subject
{
    // Samples on which emitted code is compared with the interpreter.
    private const int Checked = 2;

    private readonly ResultModel model;
    private readonly byte[] onnx;
    private readonly byte[] calibration;
    private readonly PreparedModel prepared;
    private readonly SensitivityCache sensitivities = new();
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
        var clock = new StageClock(new Progress(), ProcessorTime);
        prepared = ModelCompiler.Prepare(Request(model.Evaluation.Options), [], clock, CancellationToken.None);
        CalibrationSeconds = clock.Seconds(CompileStages.Calibrating);
        bool isImage = ImageLayout.Of(prepared.Source).IsImage(prepared.Source.Inputs[0]);
        feeder = new SampleFeeder(model.Evaluation.ReadSamples().Take(samples), prepared.Source, isImage, prepared.Preprocessing);
        floatClasses = FloatClasses();
        FloatTop1 = labels is null ? null : Top1.Percent(floatClasses, labels);
    }

    public int Samples => feeder.Count;

    /// <summary>Percent; null where there are no labels.</summary>
    public double? FloatTop1 { get; }

    public double CalibrationSeconds { get; }

    /// <summary>Compiles and evaluates.</summary>
    /// <param name="options">For the network.</param>
    /// <param name="afresh">Whether the search's time is to be taken: nothing that searches before it found is used then.</param>
    /// <exception cref="ModelException">The options cannot be met.</exception>
    public Measurement Measure(CompileOptions options, bool afresh = false)
    {
        var clock = new StageClock(new Progress(), ProcessorTime);
        var shared = prepared with { Sensitivities = sensitivities };
        var before = ProcessorTime();
        var compiled = ModelCompiler.Compile(afresh ? prepared : shared, options, [], clock, CancellationToken.None);
        double searchSeconds = clock.Seconds(CompileStages.Searching);
        double processor = (ProcessorTime() - before).TotalSeconds;
        int[] classes = Classes(compiled.Network);
        var accuracy = new AccuracyFigures(
            Samples, FloatTop1, labels is null ? null : Top1.Percent(classes, labels), Top1.Percent(classes, floatClasses));
        var report = NetworkFigures.Of(Request(options), compiled, CancellationToken.None) with { Accuracy = accuracy };
        return new Measurement(report, afresh ? searchSeconds : null, processor);
    }

    /// <summary>Bytes of the arena.</summary>
    /// <exception cref="ModelException">The options cannot be met.</exception>
    public int ArenaOf(CompileOptions options) => NetworkMemory.Plan(Compile(options), CancellationToken.None).TotalBytes;

    /// <summary>Compiles, and runs the emitted code and the interpreter on every sample.</summary>
    /// <returns>The network, and how many samples their outputs differ on.</returns>
    /// <exception cref="ModelException">The options cannot be met.</exception>
    public (QuantizedNetwork Network, int Differences) Verify(CompileOptions options)
    {
        var network = Compile(options);
        var emitted = CSharpHost.Load(network)[0];
        int differences = 0;
        Parallel.For(0, Samples, i =>
        {
            if (Differs(emitted, network, i))
                Interlocked.Increment(ref differences);
        });
        return (network, differences);
    }

    /// <summary>Compiles and evaluates, without figures.</summary>
    /// <returns>The network, and the points that the float model is better.</returns>
    /// <exception cref="ModelException">The options cannot be met.</exception>
    public (QuantizedNetwork Network, double Loss) Judge(CompileOptions options)
    {
        var network = Compile(options);
        int[] classes = Classes(network);
        return (network, (FloatTop1 ?? 100) - (labels is null ? Top1.Percent(classes, floatClasses) : Top1.Percent(classes, labels)));
    }

    // Of all threads: other work on the machine hardly changes it.
    private static TimeSpan ProcessorTime() => Process.GetCurrentProcess().TotalProcessorTime;

    private QuantizedNetwork Compile(CompileOptions options) => ModelCompiler.Compile(
        prepared with { Sensitivities = sensitivities }, options, [], new StageClock(new Progress()), CancellationToken.None).Network;

    private bool Differs(HostedNetwork emitted, QuantizedNetwork network, int sample) =>
        !emitted.Run([feeder.Codes(sample)])[0].AsSpan().SequenceEqual(IntegerInterpreter.Run(network, [feeder.Codes(sample)])[0]);

    private CompileRequest Request(CompileOptions options) => new(model.Name, onnx, calibration, options);

    private int[] FloatClasses()
    {
        var classes = new int[Samples];
        Parallel.For(0, Samples, new FloatExecutor(prepared.Simplified).Fork, (i, _, own) =>
        {
            classes[i] = Top1.Class<float>(own.Run(feeder.NormalForm[i])[0].Floats);
            return own;
        }, _ => { });
        return classes;
    }

    /// <summary>By the emitted code, which is some fifty times as fast as the interpreter and gives the same codes.</summary>
    private int[] Classes(QuantizedNetwork network)
    {
        var emitted = CSharpHost.Load(network)[0];
        for (int i = 0; i < Math.Min(Checked, Samples); i++)
        {
            if (Differs(emitted, network, i))
                throw new InvalidOperationException(model.Name + ": emitted code and interpreter differ on sample " + i);
        }

        var classes = new int[Samples];
        Parallel.For(0, Samples, i => classes[i] = Top1.Class<byte>(emitted.Run([feeder.Codes(i)])[0]));
        return classes;
    }

    private sealed class Progress : IProgress<CompileProgress>
    {
        public void Report(CompileProgress value)
        {
        }
    }
}

/// <summary>What came of one set of options.</summary>
/// <param name="Report">All figures.</param>
/// <param name="SearchSeconds">Processor time of the search of patches and bit widths, all threads; null: not taken.</param>
/// <param name="ProcessorSeconds">Of all threads, for the whole compilation of a calibrated model.</param>
internal sealed record Measurement(NetworkReport Report, double? SearchSeconds, double ProcessorSeconds)
{
    /// <summary>Top-1, or where there are no labels the agreement with float, in percent.</summary>
    public double Score => Report.Accuracy!.QuantizedTop1 ?? Report.Accuracy.Agreement;

    /// <summary>Points that the float model is better.</summary>
    public double Loss => (Report.Accuracy!.FloatTop1 ?? 100) - Score;
}
