using System.Collections.Immutable;
using System.CommandLine;
using System.Globalization;
using System.Linq;
using System.Threading;
using QuantMcu.Cli.Evaluation;
using QuantMcu.Cli.Output;
using QuantMcu.Compiler;
using QuantMcu.Compiler.Calibration;
using QuantMcu.Compiler.Diagnostics;
using QuantMcu.Compiler.Lowering.CSharp;
using QuantMcu.Compiler.Quantization;
using QuantMcu.Compiler.Reports;

namespace QuantMcu.Cli.Commands;

/// <summary><c>quantmcu evaluate MODEL --data X.npy --labels Y.npy</c>: how well the integers do beside floats.</summary>
internal sealed class EvaluateCommand : ModelCommand
{
    private const int Int8BitsPerMac = 8 * 8;

    private readonly CompileOptionSet options;

    private readonly Option<string> data = new("--data")
    {
        HelpName = "X.npy",
        Description = "Samples to evaluate, in the form of the calibration samples.",
        Required = true,
    };

    private readonly Option<string> labels = new("--labels")
    {
        HelpName = "Y.npy",
        Description = "Class of every sample; without it only the agreement of the two models is reported.",
    };

    private readonly Option<int?> limit = new("--limit") { HelpName = "N", Description = "Evaluate the first N samples only." };

    private readonly Option<bool> json = new("--json") { Description = "Print one JSON object." };

    public EvaluateCommand(Terminal terminal)
        : base("evaluate", "Runs a model on labelled samples, as float and as integers.", terminal)
    {
        options = new CompileOptionSet(this);
        limit.Validators.Add(result =>
        {
            bool isNumber = long.TryParse(result.Tokens.FirstOrDefault()?.Value, CultureInfo.InvariantCulture, out long samples);
            if (isNumber && samples < 1)
                result.AddError("Option '--limit' must be at least 1.");
        });
        Add(data);
        Add(labels);
        Add(limit);
        Add(json);
    }

    public override int Run(ParseResult parsed, CancellationToken cancellation)
    {
        var request = new CompileRequest(
            ModelName(parsed), InputFile.Read(ModelPath(parsed)), CalibrationBytes(parsed), options.Read(parsed));
        var samples = NpyReader.Read(InputFile.Read(parsed.GetRequiredValue(data))).Take(parsed.GetValue(limit) ?? int.MaxValue);
        int[]? expected = Labels(parsed, samples.Count);

        using var progress = new ProgressLine(Terminal);
        var clock = new StageClock(progress);
        var model = Compilation.Run(request, Terminal, clock, cancellation);
        var costs = Costs(request, model.Network, clock, cancellation);
        CheckType(samples.Type, model.Preprocessing);
        var feeder = SampleFile.Bind(samples, model.Source, request.Options).Feeder;
        var (floatClasses, quantizedClasses) = Evaluator.Classify(model, feeder, clock, cancellation);
        var report = costs with
        {
            Samples = samples.Count,
            FloatTop1 = expected is null ? null : Top1.Percent(floatClasses, expected),
            QuantizedTop1 = expected is null ? null : Top1.Percent(quantizedClasses, expected),
            Agreement = Top1.Percent(quantizedClasses, floatClasses),
        };
        progress.Dispose();
        Terminal.Output.WriteLine(parsed.GetValue(json) ? report.ToJson() : EvaluationText.Of(report));
        return ExitStatus.Success;
    }

    private int[]? Labels(ParseResult parsed, int samples)
    {
        if (parsed.GetValue(labels) is not { } path)
            return null;

        int[] classes = NpyReader.ReadLabels(InputFile.Read(path));
        return classes.Length >= samples
            ? classes
            : throw new ModelException(RequestRules.InvalidLabels, "there are " + classes.Length + " of them for " + samples);
    }

    // Codes of raw samples and of real ones mean different things, so calibration and evaluation take the same kind.
    private static void CheckType(SampleType type, InputPreprocessing? preprocessing)
    {
        var expected = preprocessing?.SampleType ?? SampleType.Float32;
        if (type != expected)
            throw new UsageException("--data holds " + type + " samples, but calibration made the model take " + expected + ".");
    }

    private static EvaluationReport Costs(
        CompileRequest request, QuantizedNetwork network, StageClock clock, CancellationToken cancellation)
    {
        var cost = NetworkCost.Of(network);
        var program = CSharpLowering.Lower(network, request.Options, cancellation);
        return new EvaluationReport(request.Name)
        {
            MacsLayerwise = cost.Macs,
            MacsExecuted = cost.Macs,
            BitopsInt8Patch = cost.Macs * Int8BitsPerMac,
            Bitops = cost.BitOps,
            ArenaBytes = program.ArenaBytes,
            FlashBytes = program.WeightBytes,
            CalibrateSeconds = clock.Seconds("Calibrating"),
            Tensors = network.Tensors.Where(tensor => tensor.Constant is null)
                .Select(tensor => new TensorReport(tensor.Name, tensor.Quantizer.Bits, PatchClasses: null)).ToImmutableArray(),
        };
    }
}
