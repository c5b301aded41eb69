using QuantMcu.Compiler.Request;
using QuantMcu.Generators.Request;

namespace QuantMcu.Generators.Files;

/// <summary>A request with its files' content: all that the engine needs, and nothing that changes when it need not run again.</summary>
internal sealed record LoadedRequest(
    ModelRequest Request, CompileOptions Options, EquatableArray<RequestFinding> Errors, ModelFile? Model, ModelFile? Calibration)
{
    /// <summary>Hash of model, samples and options.</summary>
    public string ContentHash => RequestHash.Of(Model?.Hash ?? "", Calibration?.Hash, Options);

    public static LoadedRequest Load(ResolvedRequest resolved) => new(
        resolved.Request,
        resolved.Options,
        resolved.Errors,
        resolved.Model is { } model ? ModelFile.Read(model.Path) : null,
        resolved.Calibration is { } calibration ? ModelFile.Read(calibration.Path) : null);
}
