namespace QuantMcu.Compiler.Diagnostics;

/// <summary>QMCU5xxx: what is said about emitted code.</summary>
public static class EmitRules
{
    public static readonly DiagnosticRule Compiled = new(
        "QMCU5001", "Model compiled",
        "{0}: {1}",
        DiagnosticSeverity.Info);
}
