using System;
using System.Collections.Generic;
using System.Threading;
using QuantMcu.Compiler.Diagnostics;
using QuantMcu.Compiler.Quantization;
using QuantMcu.Compiler.Request;
using QuantMcu.Compiler.Searching.Entropy;
using QuantMcu.Compiler.Searching.Output;
using QuantMcu.Compiler.Searching.Plans;

namespace QuantMcu.Compiler.Searching;

/// <summary>From a calibrated float network to the quantized one: decides about patches and bit widths as the options ask.</summary>
internal static class NetworkSearch
{
    /// <param name="model">What is to be quantized, with samples.</param>
    /// <param name="options">What the user wants.</param>
    /// <param name="threads">Workers; the result does not depend on it.</param>
    /// <param name="warnings">Takes findings that do not end the compilation.</param>
    /// <param name="progress">Told of long work.</param>
    /// <param name="cancellation">Honoured within 100 ms.</param>
    /// <exception cref="ModelException">A budget cannot be met, options contradict each other, or the network cannot be quantized.</exception>
    public static (QuantizedNetwork Network, SearchReport Report) Run(
        PreparedModel model,
        CompileOptions options,
        int threads,
        ICollection<Diagnostic> warnings,
        IProgress<CompileProgress>? progress,
        CancellationToken cancellation)
    {
        if (options.Precision == Precision.Int8)
            return UniformPlanning.Run(NetworkQuantizer.Quantize(model.Quantization, warnings, cancellation), options, cancellation);

        progress?.Report(new CompileProgress(CompileStages.Searching, 0, 0));
        var subject = new SearchSubject(model.Quantization, options, threads, cancellation);
        if (options.Search == Search.Output)
            return OutputSearch.Run(subject, model.Sensitivities, threads, warnings, progress, cancellation);

        if (options.Halo == Halo.Cache)
        {
            throw new ModelException(
                RequestRules.ContradictoryOptions, "Halo", "Search = Entropy", "its patches have bit widths of their own, so they cannot share what is kept between them",
                "Leave Halo out, or set Search to Output.");
        }

        return EntropySearch.Run(subject, threads, warnings, progress, cancellation);
    }
}
