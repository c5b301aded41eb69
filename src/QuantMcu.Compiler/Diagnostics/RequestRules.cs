namespace QuantMcu.Compiler.Diagnostics;

/// <summary>QMCU1xxx: what can be wrong with a request: its options and its sample files.</summary>
public static class RequestRules
{
    public static readonly DiagnosticRule NotNpy = new(
        "QMCU1010", "Not an .npy file",
        "The sample file is not a readable .npy file: {0}."
        + " Write it with numpy.save(path, array), and check that the file was copied whole.");

    public static readonly DiagnosticRule UnsupportedNpy = new(
        "QMCU1011", "Form of an .npy file not supported",
        "The .npy file holds {0}; {1}.");

    public static readonly DiagnosticRule SampleNotFinite = new(
        "QMCU1012", "Sample not finite",
        "Sample {0} of the .npy file holds NaN, infinity or a number outside float32. Remove or repair the sample.");

    public static readonly DiagnosticRule SamplesDoNotFit = new(
        "QMCU1013", "Samples do not fit the model",
        "Samples of shape {0} ({1}) do not fit input '{2}' of shape {3}: {4} is expected, where axes of 1 may be left out.");

    public static readonly DiagnosticRule PreprocessingDoesNotFit = new(
        "QMCU1014", "Preprocessing does not fit the model",
        "{0} {1}. Give one value, or one per channel of the input.");

    public static readonly DiagnosticRule PreprocessingOfReals = new(
        "QMCU1015", "Preprocessing of real samples",
        "Mean and Std apply to raw uint8 and int8 samples, but these samples are float32, in the units of the model's input."
        + " Leave Mean and Std out, or store the raw samples.");

    public static readonly DiagnosticRule InvalidLabels = new(
        "QMCU1016", "Invalid labels",
        "The labels are not usable: {0}. Labels are a vector of non-negative class numbers, one per sample.");

    public static readonly DiagnosticRule SamplesOfOneInput = new(
        "QMCU1017", "Samples of one input only",
        "The model has {0} inputs, but a sample file holds one."
        + " Leave the calibration file out (ranges then come from synthetic samples).");

    public static readonly DiagnosticRule NotFinite = new(
        "QMCU1018", "Activation not finite",
        "Tensor '{0}' of node '{1}' ({2}) holds NaN or infinity on calibration sample {3}."
        + " Check Mean and Std, the samples, and the model's weights.");
}
