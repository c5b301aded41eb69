namespace QuantMcu.Compiler.Diagnostics;

/// <summary>QMCU5999: what should not happen.</summary>
public static class InternalRules
{
    public static readonly DiagnosticRule InternalError = new(
        "QMCU5999", "Internal error",
        "The compiler failed on '{0}' with {1}: {2} This is a defect of QuantMcu; please report it with the model.");
}
