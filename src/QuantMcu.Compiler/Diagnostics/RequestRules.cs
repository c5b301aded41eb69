namespace QuantMcu.Compiler.Diagnostics;

/// <summary>QMCU1xxx: what can be wrong with a request: its options and its sample files.</summary>
public static class RequestRules
{
    public static readonly DiagnosticRule ClassNotPartial = new(
        "QMCU1001", "Class must be partial",
        "Type '{0}' must be partial, because the compiled network of '{1}' is added to it. Add the partial modifier.");

    public static readonly DiagnosticRule ModelNotFound = new(
        "QMCU1002", "Model file not found",
        "The model '{0}' is not among the project's AdditionalFiles. {1}");

    public static readonly DiagnosticRule CalibrationNotFound = new(
        "QMCU1003", "Calibration file not found",
        "The calibration file '{0}' is not among the project's AdditionalFiles. {1}");

    public static readonly DiagnosticRule UnsafeCodeNotAllowed = new(
        "QMCU1004", "Unsafe code must be allowed",
        "The kernels of '{0}' use pointers. Add <AllowUnsafeBlocks>true</AllowUnsafeBlocks> to a PropertyGroup of the project.");

    public static readonly DiagnosticRule LanguageVersionTooLow = new(
        "QMCU1005", "Language version too low",
        "The code of '{0}' needs C# {1}, and the project compiles C# {2}. Set <LangVersion>{1}</LangVersion> or newer.");

    public static readonly DiagnosticRule InvalidOption = new(
        "QMCU1006", "Option cannot be read",
        "Option {0}: '{1}' cannot be read. Give {2}.");

    public static readonly DiagnosticRule OptionOutOfRange = new(
        "QMCU1007", "Option out of range",
        "Option {0}: {1} is out of range. Give {2}.");

    public static readonly DiagnosticRule UnknownOption = new(
        "QMCU1008", "Unknown option",
        "There is no option '{0}'. The options are {1}.");

    public static readonly DiagnosticRule AmbiguousFile = new(
        "QMCU1009", "Ambiguous file name",
        "'{0}' could be any of these AdditionalFiles: {1}. Give the path relative to the project.");

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

    public static readonly DiagnosticRule FileUnreadable = new(
        "QMCU1020", "File cannot be read",
        "'{0}' cannot be read: {1}. Check that the file exists, that it is not locked, and that it is below the size limit.");

    public static readonly DiagnosticRule UnsupportedClass = new(
        "QMCU1021", "Kind of class not supported",
        "Class '{0}' cannot hold a compiled network, because {1}. Put the attribute on an ordinary partial class.");

    public static readonly DiagnosticRule ContradictoryOptions = new(
        "QMCU1023", "Options contradict each other",
        "Option {0} does not go with {1}: {2}. {3}");

    public static readonly DiagnosticRule FrameworkTooOld = new(
        "QMCU1022", "Framework too old",
        "The code of '{0}' needs .NET 8 or later. Set <TargetFramework> to net8.0 or a later one.");
}
