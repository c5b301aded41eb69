using System;
using System.Collections.Generic;
using System.Collections.Immutable;
using System.Globalization;
using System.Linq;
using Microsoft.CodeAnalysis;
using Xunit;

namespace QuantMcu.Generators.Tests.Hosting;

/// <summary>What one run of the generator gave.</summary>
internal sealed record GeneratorRun(GeneratorDriver Driver, Compilation Output)
{
    /// <summary>The generator's result; a test fails here where the generator threw.</summary>
    public GeneratorRunResult Result
    {
        get
        {
            GeneratorRunResult result = Driver.GetRunResult().Results.Single();
            Assert.Null(result.Exception);
            return result;
        }
    }

    /// <summary>Errors and warnings of the generator.</summary>
    public ImmutableArray<Diagnostic> Findings =>
        [.. Result.Diagnostics.Where(finding => finding.Severity >= DiagnosticSeverity.Warning)];

    /// <summary>What the generator says about compiled models.</summary>
    public IEnumerable<string> Summaries => Result.Diagnostics
        .Where(finding => finding.Id == "QMCU5001").Select(finding => finding.GetMessage(CultureInfo.InvariantCulture));

    public IEnumerable<string> FileNames => Result.GeneratedSources.Select(source => source.HintName);

    /// <summary>Errors and warnings of the C# compiler in user code and emitted code together.</summary>
    public IEnumerable<Diagnostic> CompilerFindings =>
        Output.GetDiagnostics().Where(finding => finding.Severity >= DiagnosticSeverity.Warning);

    public string Source(string fileName) =>
        Result.GeneratedSources.Single(source => source.HintName == fileName).SourceText.ToString();

    /// <summary>Why each output of a tracked step is what it is: New, Modified, Unchanged, Cached, Removed.</summary>
    public IEnumerable<IncrementalStepRunReason> Reasons(string step) => Result.TrackedSteps.TryGetValue(step, out var runs)
        ? runs.SelectMany(run => run.Outputs).Select(output => output.Reason)
        : [];

    public void AssertNotRun(string step) => Assert.All(
        Reasons(step), reason => Assert.True(reason is IncrementalStepRunReason.Cached, step + " is " + reason));
}
