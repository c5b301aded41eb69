using QuantMcu.Compiler.Diagnostics;

namespace QuantMcu.Conformance.Tests;

/// <summary>What came of a case: it passed, the model was refused with a diagnostic, or results differ.</summary>
internal abstract record CaseOutcome
{
    public sealed record Passed : CaseOutcome;

    public sealed record Refused(Diagnostic Diagnostic) : CaseOutcome;

    public sealed record Failed(string Message) : CaseOutcome;
}
