using System;
using System.Collections.Generic;
using System.Collections.Immutable;
using System.Linq;
using System.Threading;
using QuantMcu.Compiler.Calibration;
using QuantMcu.Compiler.Diagnostics;
using QuantMcu.Compiler.Graph;
using QuantMcu.Compiler.Graph.Import;
using QuantMcu.Compiler.Graph.Operators;
using QuantMcu.Compiler.Quantization;
using QuantMcu.Compiler.Quantization.Equalization;
using QuantMcu.Compiler.Request;
using QuantMcu.Compiler.Searching;
using QuantMcu.Compiler.Simplify;

namespace QuantMcu.Compiler;

/// <summary>The engine's front door. Pure: no files, no clock, no culture.</summary>
public static class ModelCompiler
{
    /// <summary>Compiles a model. Errors are in the result; only cancellation throws.</summary>
    /// <exception cref="OperationCanceledException">The token was cancelled; honoured within 100 ms.</exception>
    public static CompilationResult Compile(CompileRequest request, IProgress<CompileProgress>? progress, CancellationToken cancellation)
    {
        var diagnostics = new List<Diagnostic>();
        try
        {
            var model = Compile(request, diagnostics, progress, cancellation);
            return new CompilationResult(model, diagnostics.ToImmutableArray());
        }
        catch (ModelException exception)
        {
            diagnostics.Add(exception.Diagnostic);
        }
        catch (Exception exception) when (exception is not OperationCanceledException)
        {
            diagnostics.Add(Diagnostic.Create(InternalRules.InternalError, request.Name, exception.GetType().Name, exception.Message));
        }

        return new CompilationResult(null, diagnostics.ToImmutableArray());
    }

    private static CompiledModel Compile(
        CompileRequest request, List<Diagnostic> warnings, IProgress<CompileProgress>? progress, CancellationToken cancellation) =>
        Compile(Prepare(request, warnings, progress, cancellation), request.Options, warnings, progress, cancellation);

    /// <summary>Everything that no option about patches, bit widths and budgets changes.</summary>
    /// <exception cref="ModelException">The model or the samples cannot be used.</exception>
    internal static PreparedModel Prepare(
        CompileRequest request, ICollection<Diagnostic> warnings, IProgress<CompileProgress>? progress, CancellationToken cancellation)
    {
        progress?.Report(new CompileProgress(CompileStages.Importing, 0, 0));
        var source = OnnxImporter.Import(request.Model, new ImportOptions { InputShape = request.Options.InputShape }, cancellation);
        var samples = request.Calibration is { } file ? NpyReader.Read(file) : null;
        var preprocessing = Preprocessing(request.Options, source, samples);

        progress?.Report(new CompileProgress(CompileStages.Simplifying, 0, 0));
        var simplified = Simplifier.Run(source, preprocessing, cancellation);
        if (samples is null && !simplified.Nodes.Any(node => node.Operator is Quantize))
            warnings.Add(Diagnostic.Create(QuantizationRules.SyntheticRanges, request.Name));

        progress?.Report(new CompileProgress(CompileStages.Calibrating, 0, 0));
        var inputs = Inputs(source, simplified, samples, preprocessing);
        var statistics = Calibrator.Collect(simplified, inputs, progress, cancellation);

        progress?.Report(new CompileProgress(CompileStages.Quantizing, 0, 0));
        var quantization = Balance(new QuantizationRequest(source, simplified, preprocessing, statistics, inputs), cancellation);
        return new PreparedModel(source, simplified, preprocessing, statistics, quantization);
    }

    /// <summary>The rest of a compilation.</summary>
    /// <exception cref="ModelException">The options cannot be met.</exception>
    internal static CompiledModel Compile(
        PreparedModel model,
        CompileOptions options,
        ICollection<Diagnostic> warnings,
        IProgress<CompileProgress>? progress,
        CancellationToken cancellation)
    {
        progress?.Report(new CompileProgress(CompileStages.Quantizing, 0, 0));
        var (network, search) = NetworkSearch.Run(model, options, Environment.ProcessorCount, warnings, progress, cancellation);
        return new CompiledModel(model.Source, model.Simplified, model.Preprocessing, model.Statistics, network) { Search = search };
    }

    /// <summary>Balances channels; a network that this changes has other statistics.</summary>
    private static QuantizationRequest Balance(QuantizationRequest request, CancellationToken cancellation)
    {
        var balanced = CrossLayerEqualization.Run(request.NormalForm, request.Statistics, cancellation);
        return balanced == request.NormalForm
            ? request
            : request with { NormalForm = balanced, Statistics = Calibrator.Collect(balanced, request.Samples!, null, cancellation) };
    }

    /// <summary>
    /// How the first input's codes become real numbers. Without samples the user's Mean and Std mean raw uint8 samples; without either the
    /// input is real.
    /// </summary>
    private static InputPreprocessing? Preprocessing(CompileOptions options, NetworkGraph source, SampleSet? samples)
    {
        if (source.Inputs.IsEmpty || (samples is null && !options.HasPreprocessing))
            return null;

        var input = source.Inputs[0];
        int channels = InputPreprocessing.ChannelsOf(input.Shape, ImageLayout.Of(source).IsImage(input));
        return InputPreprocessing.Create(options, samples?.Type ?? SampleType.UInt8, channels);
    }

    private static IInputSamples Inputs(NetworkGraph source, NetworkGraph simplified, SampleSet? samples, InputPreprocessing? preprocessing) =>
        samples is null
            ? new SyntheticSamples(simplified, codes: preprocessing is not null)
            : new SampleFeeder(samples, source, ImageLayout.Of(source).IsImage(source.Inputs[0]), preprocessing).NormalForm;
}
