using System.Linq;
using QuantMcu.Compiler.Diagnostics;
using QuantMcu.Compiler.Request;
using QuantMcu.Generators.Request;

namespace QuantMcu.Generators.Files;

/// <summary>
/// A request with its files' content: all that the engine needs, and nothing that changes when it need not run again.
/// </summary>
/// <param name="Request">The request.</param>
/// <param name="Options">Options of the attribute and of the model's item metadata.</param>
/// <param name="Model">The .onnx file, or null where it was not found.</param>
/// <param name="Calibration">The .npy file, or null where none was asked for or found.</param>
/// <param name="Nano">What a project for .NET nanoFramework says; else null.</param>
/// <param name="Obstacles">Why no code can be added to the class.</param>
/// <param name="Errors">What else is wrong with the request. The analyzers report these and the obstacles.</param>
internal sealed record LoadedRequest(
    ModelRequest Request,
    CompileOptions Options,
    ModelFile? Model,
    ModelFile? Calibration,
    NanoProject? Nano,
    EquatableArray<Diagnostic> Obstacles,
    EquatableArray<RequestFinding> Errors)
{
    /// <summary>Hash of model, samples and options.</summary>
    public string ContentHash => RequestHash.Of(Model?.Hash ?? "", Calibration?.Hash, Options);

    public static LoadedRequest Load(ResolvedRequest resolved, ProjectSettings project)
    {
        ModelRequest request = resolved.Request;
        var obstacles = project.FindErrors(request.Class.Name);
        return new LoadedRequest(
            request,
            resolved.Options,
            resolved.Model is { } model ? ModelFile.Read(model.Path) : null,
            resolved.Calibration is { } calibration ? ModelFile.Read(calibration.Path) : null,
            project.Nano,
            (request.ClassError is { } error ? obstacles.Prepend(error) : obstacles).ToEquatableArray(),
            resolved.Errors);
    }
}
