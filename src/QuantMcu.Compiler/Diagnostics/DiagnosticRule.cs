namespace QuantMcu.Compiler.Diagnostics;

/// <summary>How much a diagnostic weighs: an error ends the compilation, a warning does not.</summary>
public enum DiagnosticSeverity
{
    Info,
    Warning,
    Error,
}

/// <summary>One kind of diagnostic. The families are listed in docs/diagnostics.md.</summary>
/// <param name="Id">
/// <c>QMCU1xxx</c> request, <c>QMCU2xxx</c> ONNX, <c>QMCU3xxx</c> quantization, <c>QMCU4xxx</c> memory, <c>QMCU5xxx</c> code generation.
/// </param>
/// <param name="Title">A few words, without a full stop.</param>
/// <param name="MessageFormat">A composite format: what is wrong, where (node, operator, tensor), and what to do.</param>
/// <param name="Severity">Error or warning.</param>
public sealed record DiagnosticRule(string Id, string Title, string MessageFormat, DiagnosticSeverity Severity = DiagnosticSeverity.Error);
