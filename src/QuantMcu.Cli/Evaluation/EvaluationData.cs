using System;
using System.CommandLine;
using System.Globalization;
using System.Linq;
using System.Threading;
using QuantMcu.Compiler;
using QuantMcu.Compiler.Calibration;
using QuantMcu.Compiler.Diagnostics;
using QuantMcu.Compiler.Reports;
using QuantMcu.Compiler.Request;

namespace QuantMcu.Cli.Evaluation;

/// <summary>The options that name evaluation samples, and what a model does on them.</summary>
internal sealed class EvaluationData
{
    private readonly Option<string> data = new("--data")
    {
        HelpName = "X.npy",
        Description = "Samples to evaluate, in the form of the calibration samples.",
    };

    private readonly Option<string> labels = new("--labels")
    {
        HelpName = "Y.npy",
        Description = "Class of every sample; without it only the agreement of the two models is reported.",
    };

    private readonly Option<int?> limit = new("--limit") { HelpName = "N", Description = "Evaluate the first N samples only." };

    public EvaluationData(Command command, bool required)
    {
        data.Required = required;
        limit.Validators.Add(result =>
        {
            bool isNumber = long.TryParse(result.Tokens.FirstOrDefault()?.Value, CultureInfo.InvariantCulture, out long samples);
            if (isNumber && samples < 1)
                result.AddError("Option '--limit' must be at least 1.");
        });
        command.Add(data);
        command.Add(labels);
        command.Add(limit);
    }

    /// <summary>Reads the files; null where no samples are named.</summary>
    /// <exception cref="UsageException">There are labels without samples.</exception>
    /// <exception cref="ModelException">A file is at fault.</exception>
    public LabelledSamples? Read(ParseResult parsed)
    {
        if (parsed.GetValue(data) is not { } path)
            return parsed.GetValue(labels) is null ? null : throw new UsageException("--labels needs --data.");

        var samples = NpyReader.Read(InputFile.Read(path)).Take(parsed.GetValue(limit) ?? int.MaxValue);
        return new LabelledSamples(samples, parsed.GetValue(labels) is { } file ? Labels(file, samples.Count) : null);
    }

    private static int[] Labels(string path, int samples)
    {
        int[] classes = NpyReader.ReadLabels(InputFile.Read(path));
        return classes.Length >= samples
            ? classes
            : throw new ModelException(RequestRules.InvalidLabels, "there are " + classes.Length + " of them for " + samples);
    }
}

/// <summary>Samples, with their classes where they are known.</summary>
internal sealed record LabelledSamples(SampleSet Samples, int[]? Classes)
{
    /// <exception cref="UsageException">The samples are of another kind than those that the model was calibrated on.</exception>
    /// <exception cref="ModelException">The samples do not fit the model.</exception>
    public AccuracyFigures Evaluate(
        CompiledModel model, CompileOptions options, IProgress<CompileProgress> progress, CancellationToken cancellation)
    {
        CheckType(Samples.Type, model.Preprocessing);
        var feeder = SampleFile.Bind(Samples, model.Source, options).Feeder;
        var (floatClasses, quantizedClasses) = Evaluator.Classify(model, feeder, progress, cancellation);
        return new AccuracyFigures(
            Samples.Count,
            Classes is null ? null : Top1.Percent(floatClasses, Classes),
            Classes is null ? null : Top1.Percent(quantizedClasses, Classes),
            Top1.Percent(quantizedClasses, floatClasses));
    }

    // Codes of raw samples and of real ones mean different things, so calibration and evaluation take the same kind.
    private static void CheckType(SampleType type, InputPreprocessing? preprocessing)
    {
        var expected = preprocessing?.SampleType ?? SampleType.Float32;
        if (type != expected)
            throw new UsageException("--data holds " + type + " samples, but calibration made the model take " + expected + ".");
    }
}
