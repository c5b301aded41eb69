using QuantMcu.Compiler.Diagnostics;
using QuantMcu.Compiler.Request;

namespace QuantMcu.Generators.Request;

/// <summary>A request whose files and options have been looked up. Nothing has been read from disk.</summary>
/// <param name="Request">The request.</param>
/// <param name="Model">The .onnx file, or null where it was not found.</param>
/// <param name="Calibration">The .npy file, or null where none was asked for or found.</param>
/// <param name="Options">Options of the attribute and of the model's item metadata, the attribute's first.</param>
/// <param name="Errors">Files that were not found, and options that make no sense.</param>
internal sealed record ResolvedRequest(
    ModelRequest Request,
    CandidateFile? Model,
    CandidateFile? Calibration,
    CompileOptions Options,
    EquatableArray<RequestFinding> Errors);

/// <summary>An error or warning about a request.</summary>
/// <param name="Argument">The attribute's argument that it is about, or null where it is about the class.</param>
/// <param name="Diagnostic">What is wrong.</param>
internal sealed record RequestFinding(string? Argument, Diagnostic Diagnostic);
