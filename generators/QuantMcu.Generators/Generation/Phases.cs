using System;
using System.Collections.Generic;
using System.Linq;
using System.Threading;
using QuantMcu.Compiler.Diagnostics;
using QuantMcu.Compiler.Emit.C;
using QuantMcu.Compiler.Emit.CSharp;
using QuantMcu.Compiler.Emit.Nano;
using QuantMcu.Generators.Diagnostics;
using QuantMcu.Generators.Files;
using QuantMcu.Generators.Request;

namespace QuantMcu.Generators.Generation;

/// <summary>From a loaded request to sources and findings.</summary>
internal static class Phases
{
    /// <summary>Compiles the model, unless an editor is building or the request has errors.</summary>
    public static GeneratedClass Compile(LoadedRequest request, BuildSettings settings, CancellationToken cancellation)
    {
        if (settings.DesignTime)
            return new GeneratedClass(request, null, default);

        var mistakes = request.Obstacles.Select(obstacle => new RequestFinding(null, obstacle)).Concat(request.Errors).ToList();
        var unreadable = UnreadableFiles(request).ToList();
        if (mistakes.Count + unreadable.Count > 0 || request.Model is null)
        {
            // The analyzers report mistakes, where they run.
            var findings = settings.AnalyzersOff ? mistakes.Concat(unreadable) : unreadable;
            return new GeneratedClass(request, null, findings.ToEquatableArray());
        }

        CompiledClass answer = ClassCompilation.FindOrRun(request, request.Model, settings, cancellation);
        var placed = answer.Findings.Select(finding => new RequestFinding(finding.Argument(), finding));
        return new GeneratedClass(request, answer.Sources, placed.ToEquatableArray());
    }

    /// <summary>Phase 1: the public surface, whatever became of the model. A class that cannot be added to gets none.</summary>
    public static GeneratedSource Api(GeneratedClass result, CancellationToken cancellation)
    {
        string? text = result.Request.Obstacles.Count > 0 ? null
            : result.Sources?.Api ?? Expected(result, cancellation);
        return new GeneratedSource(result.Request.Request.FileName + ".Api.g.cs", text);
    }

    private static string Expected(GeneratedClass result, CancellationToken cancellation)
    {
        ClassApi api = ExpectedApi.Of(result.Request, cancellation);
        return result.Request.Nano is { } nano ? NanoApiPrinter.Print(result.Class, api, nano.Backend) : ApiPrinter.Print(result.Class, api);
    }

    /// <summary>QMCU5102 or QMCU5103 where networks do not fit an assembly for nanoFramework together, else null.</summary>
    public static Diagnostic? CheckTogether(IEnumerable<GeneratedClass> classes)
    {
        var managed = classes.Select(generated => generated.Sources).OfType<ClassSources>().Where(sources => sources.NanoIlBytes > 0).ToArray();
        return managed.Length < 2 ? null : NanoLimits.CheckTogether([.. managed.Select(sources => (sources.NanoArrayBytes, sources.NanoIlBytes))]);
    }

    /// <summary>
    /// QMCU5108 where C is wanted and the files of one network would replace those of another, or their functions meet in one program; else null.
    /// </summary>
    public static Diagnostic? FindSameName(BuildSettings settings, IEnumerable<GeneratedClass> classes)
    {
        if (!settings.EmitsNative)
            return null;

        var known = new Dictionary<string, ClassTarget>(StringComparer.Ordinal);
        foreach (GeneratedClass generated in classes)
        {
            ClassTarget target = generated.Class;
            string name = CTarget.OfClass(target.Name).Name;
            if (known.TryGetValue(name, out ClassTarget? other))
                return Diagnostic.Create(NanoRules.SameName, other.FullName(), target.FullName(), name);

            known.Add(name, target);
        }

        return null;
    }

    /// <summary>Phase 2: the kernels.</summary>
    public static GeneratedSource Kernels(GeneratedClass result) =>
        new(result.Request.Request.FileName + ".Kernels.g.cs", result.Sources?.Kernels);

    private static IEnumerable<RequestFinding> UnreadableFiles(LoadedRequest request)
    {
        if (request.Model?.Error is { } model)
            yield return new RequestFinding(RequestArguments.Path, model);
        if (request.Calibration?.Error is { } calibration)
            yield return new RequestFinding(RequestArguments.Calibration, calibration);
    }
}
