using System;
using System.Collections.Immutable;
using System.Linq;
using System.Threading;
using QuantMcu.Compiler;
using QuantMcu.Compiler.Diagnostics;
using QuantMcu.Compiler.Emit.C;
using QuantMcu.Compiler.Emit.CSharp;
using QuantMcu.Compiler.Emit.Interop;
using QuantMcu.Compiler.Lowering.C;
using QuantMcu.Compiler.Lowering.CSharp;
using QuantMcu.Compiler.Reports;
using QuantMcu.Compiler.Request;
using QuantMcu.Generators.Files;
using QuantMcu.Generators.Request;

namespace QuantMcu.Generators.Generation;

/// <summary>Runs the engine for a class, unless its answer is known from this process or an earlier one.</summary>
internal static class ClassCompilation
{
    /// <summary>Never throws but for cancellation: a generator that throws takes every other result with it.</summary>
    /// <param name="request">A request without errors.</param>
    /// <param name="model">The model's content.</param>
    /// <param name="settings">Where answers are kept for other processes, and whether C is wanted.</param>
    /// <param name="cancellation">Handed to the engine.</param>
    /// <exception cref="OperationCanceledException">The token was cancelled.</exception>
    public static CompiledClass FindOrRun(
        LoadedRequest request, ModelFile model, BuildSettings settings, CancellationToken cancellation)
    {
        string? directory = settings.CacheDirectory;
        ClassTarget target = request.Request.Class;
        string key = CacheKey.Of(target, request.ContentHash, settings.EmitsNative, request.Nano);
        if (CompilationCache.Shared.Find(key) is { } known)
            return known;

        CompiledClass? kept = directory is null ? null : CompilationFile.Find(directory, target, key);
        CompiledClass answer = kept ?? Run(request, model, settings, cancellation);
        if (answer.Findings.Any(finding => finding.Rule == InternalRules.InternalError))
            return answer;

        CompilationCache.Shared.Add(key, answer);
        if (kept is null && directory is not null)
            CompilationFile.Keep(directory, target, key, answer);

        return answer;
    }

    private static CompiledClass Run(LoadedRequest request, ModelFile model, BuildSettings settings, CancellationToken cancellation)
    {
        try
        {
            string name = request.Request.Class.FullName();
            var compile = new CompileRequest(name, model.Content, request.Calibration?.Content, request.Options);
            CompilationResult result = ModelCompiler.Compile(compile, null, cancellation);
            if (result.Model is not { } compiled)
                return new CompiledClass(null, result.Diagnostics.ToEquatableArray());

            var findings = result.Diagnostics.ToList();
            var (sources, weights) = request.Nano is { } nano
                ? NanoClassPrinter.Print(request, nano, compiled, findings, cancellation)
                : Print(request, compiled, CSharpLowering.Lower(compiled.Network, request.Options, cancellation));
            NetworkReport report = NetworkFigures.Of(compile, compiled, cancellation) with { FlashBytes = weights };
            findings.Add(Diagnostic.Create(EmitRules.Compiled, name, SummaryLine.Figures(report)));
            if (settings.EmitsNative)
                sources = sources with { Native = PrintNative(request, compiled, cancellation) };

            return new CompiledClass(sources, findings.ToEquatableArray());
        }
        catch (ModelException exception)
        {
            return Failed(exception.Diagnostic);
        }
        catch (Exception exception) when (!cancellation.IsCancellationRequested)
        {
            return Failed(Diagnostic.Create(
                InternalRules.InternalError, request.Request.Model, exception.GetType().FullName!, exception.Message));
        }
    }

    private static (ClassSources Sources, int WeightBytes) Print(LoadedRequest request, CompiledModel compiled, CSharpProgram program)
    {
        ClassTarget target = request.Request.Class;
        ClassApi api = ApiOf(request, compiled);
        return (new ClassSources(ApiPrinter.Print(target, api), KernelPrinter.Print(target, api, program)), program.WeightBytes);
    }

    private static EquatableArray<NativeFile> PrintNative(LoadedRequest request, CompiledModel compiled, CancellationToken cancellation)
    {
        CProgram program = CLowering.Lower(compiled.Network, request.Options, cancellation);
        var model = new InteropModel(CTarget.OfClass(request.Request.Class.Name), program, request.ContentHash);
        return InteropFolder.FilesOf(model).Select(file => new NativeFile(file.Name, file.Text)).ToEquatableArray();
    }

    /// <summary>The public surface of a class whose model is compiled.</summary>
    internal static ClassApi ApiOf(LoadedRequest request, CompiledModel compiled) => ClassApi.Of(compiled.Network, request.ContentHash) with
    {
        CountsPatches = request.Options.Classification == PatchClassification.Dynamic,
    };

    private static CompiledClass Failed(Diagnostic diagnostic) =>
        new(null, new EquatableArray<Diagnostic>(ImmutableArray.Create(diagnostic)));
}
