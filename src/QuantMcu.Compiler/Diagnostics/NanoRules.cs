namespace QuantMcu.Compiler.Diagnostics;

/// <summary>QMCU51xx: what is said about code for .NET nanoFramework.</summary>
public static class NanoRules
{
    public static readonly DiagnosticRule Slow = new(
        "QMCU5101", "Managed code is slow on nanoFramework",
        "{0}: one inference takes about {1} s in managed code on an ESP32 of 240 MHz (estimate: {2} multiply-accumulates of 1,300 machine instructions"
        + " each). Managed code suits networks of up to 50,000. Refer to QuantMcu.Nano and build the firmware with the files of"
        + " 'quantmcu compile --emit nano': native code is hundreds of times as fast.",
        DiagnosticSeverity.Warning);

    public static readonly DiagnosticRule TooMuchData = new(
        "QMCU5102", "Too much array data for nanoFramework",
        "{0} needs {1} bytes of array data, and an assembly for nanoFramework holds {2}; with more, the device stops without an error. {3}");

    public static readonly DiagnosticRule TooMuchCode = new(
        "QMCU5103", "Too much code for nanoFramework",
        "{0} makes {1}, and nanoFramework takes {2}. Run the network in native code (QuantMcuBackend = Native), or take a model with fewer layers.");

    public static readonly DiagnosticRule NoNativeInterface = new(
        "QMCU5104", "QuantMcu.Nano is not referenced",
        "QuantMcuBackend = Native, but the project of '{0}' does not refer to the assembly QuantMcu.Nano. Add the package QuantMcu.Nano, or set"
        + " QuantMcuBackend to Managed.");

    public static readonly DiagnosticRule NativeOnly = new(
        "QMCU5105", "No managed code emitted",
        "{0} runs only on firmware that has its native model, because managed code does not fit: {1} Set QuantMcuBackend to Native to accept that.",
        DiagnosticSeverity.Warning);

    public static readonly DiagnosticRule UnknownBackend = new(
        "QMCU5106", "Unknown back end",
        "{0}: '{1}' cannot be read. Give {2}.");

    /// <summary>Raised by the targets of the package, which write the weights.</summary>
    public static readonly DiagnosticRule WeightsChanged = new(
        "QMCU5107", "Resources of the build have other weights",
        "The weights changed after the resources of this build were made, and were written to '{0}'. Build again.");

    public static readonly DiagnosticRule SameName = new(
        "QMCU5108", "Two networks would have one name in C",
        "{0} and {1} would both be '{2}' in C, where names come from the class without its namespace. Rename one of the classes.");
}
