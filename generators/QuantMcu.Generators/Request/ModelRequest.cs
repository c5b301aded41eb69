using QuantMcu.Compiler.Diagnostics;
using QuantMcu.Compiler.Emit.CSharp;

namespace QuantMcu.Generators.Request;

/// <summary>What one attribute asks for, as written. It holds no place in the source: moving the class changes nothing.</summary>
/// <param name="Class">The annotated class.</param>
/// <param name="ClassError">Why nothing can be added to the class, or null.</param>
/// <param name="Model">Path of the .onnx file as written.</param>
/// <param name="Calibration">Path of the .npy file as written, or null.</param>
/// <param name="Options">The other arguments.</param>
internal sealed record ModelRequest(
    ClassTarget Class,
    Diagnostic? ClassError,
    string Model,
    string? Calibration,
    EquatableArray<OptionSetting> Options)
{
    /// <summary>Name of the emitted files, without a suffix; unique in the project whatever the case.</summary>
    public string FileName { get; init; } = Class.FullName();
}
