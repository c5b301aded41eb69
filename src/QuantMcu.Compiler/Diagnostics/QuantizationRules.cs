namespace QuantMcu.Compiler.Diagnostics;

/// <summary>QMCU3xxx: what can go wrong when a float network becomes integers.</summary>
public static class QuantizationRules
{
    public static readonly DiagnosticRule UnsupportedOperator = new(
        "QMCU3001", "Operator has no integer form",
        "Node '{0}': {1} (tensor '{2}') has no 8-bit integer form. {3}");

    public static readonly DiagnosticRule UnsupportedForm = new(
        "QMCU3002", "Form of an operator has no integer form",
        "Node '{0}': {1} (tensor '{2}') cannot be quantized: {3}. {4}");

    public static readonly DiagnosticRule NotFinite = new(
        "QMCU3003", "Values are not finite",
        "Node '{0}': {1} has values in '{2}' that are not finite or exceed the range of float. Check the model's weights and the"
        + " calibration samples.");

    public static readonly DiagnosticRule AccumulatorOverflow = new(
        "QMCU3004", "Accumulator may overflow",
        "Node '{0}': {1} sums so many products into '{2}' that a 32-bit accumulator may overflow: {3}. Split the layer into smaller ones.");

    public static readonly DiagnosticRule WeightsRequantized = new(
        "QMCU3005", "Weights quantized again",
        "Node '{0}': {1} came with weights '{2}' whose codes do not fit signed 8 bits around zero ({3}); they were quantized again, so results"
        + " differ slightly from the model's own. Export it with symmetric int8 weights to keep them.",
        DiagnosticSeverity.Warning);

    public static readonly DiagnosticRule SyntheticRanges = new(
        "QMCU3006", "No calibration samples",
        "Model '{0}' has no calibration samples, so the ranges of its activations were estimated on made-up input and accuracy may suffer."
        + " Give an .npy file of 32 or more real samples with Calibration.",
        DiagnosticSeverity.Warning);

    public static readonly DiagnosticRule InconsistentNetwork = new(
        "QMCU3090", "Quantized network inconsistent",
        "The quantized network is inconsistent at layer '{0}' ({1}): {2}. This is a defect of the compiler: please report it with the model.");
}
