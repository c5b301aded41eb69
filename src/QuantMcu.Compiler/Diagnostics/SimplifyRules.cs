namespace QuantMcu.Compiler.Diagnostics;

/// <summary>QMCU21xx: models that are valid ONNX, but have no normal form for integer kernels.</summary>
public static class SimplifyRules
{
    public static readonly DiagnosticRule NoNormalForm = new(
        "QMCU2101", "No form for integer kernels",
        "Node '{0}': {1} (tensor '{2}') cannot be compiled: {3}. {4}");

    public static readonly DiagnosticRule ConstantOutput = new(
        "QMCU2102", "Output is constant",
        "Output '{0}' does not depend on any input. Remove it from the model.");

    public static readonly DiagnosticRule InconsistentGraph = new(
        "QMCU2190", "Simplified network inconsistent",
        "The simplified network is inconsistent at node '{0}' ({1}): {2}. This is a defect of the compiler: please report it"
        + " with the model.");
}
