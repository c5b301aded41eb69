using System;
using System.CommandLine;
using System.IO;
using System.Threading;
using QuantMcu.Cli.Emission;
using QuantMcu.Cli.Evaluation;
using QuantMcu.Cli.Output;
using QuantMcu.Compiler;
using QuantMcu.Compiler.Emit.C;
using QuantMcu.Compiler.Quantization;

namespace QuantMcu.Cli.Commands;

/// <summary><c>quantmcu compile MODEL --emit csharp|c|nano -o DIR</c>: writes the kernels of a model as source files.</summary>
internal sealed class CompileCommand : ModelCommand
{
    private readonly CompileOptionSet options;

    private readonly Option<string> emit = new("--emit")
    {
        HelpName = "csharp|c|nano",
        Description = "Language of the emitted code; nano: C with what makes it callable from .NET nanoFramework, laid over its firmware's sources.",
        DefaultValueFactory = _ => "csharp",
    };

    private readonly Option<string> output = new("--output", "-o")
    {
        HelpName = "DIR",
        Description = "Folder to write to; made where it does not exist.",
        Required = true,
    };

    private readonly Option<string> @namespace = new("--namespace")
    {
        HelpName = "A.B",
        Description = "Namespace of the emitted class. Default: the global one.",
        DefaultValueFactory = _ => "",
    };

    private readonly Option<string> @class = new("--class")
    {
        HelpName = "NAME",
        Description = "Name of the emitted class. Default: the model's file name in PascalCase.",
    };

    private readonly Option<string> prefix = new("--prefix")
    {
        HelpName = "NAME",
        Description = "Prefix of the functions and files of emitted C. Default: the model's file name in snake_case.",
    };

    private readonly Option<string> stubs = new("--stubs")
    {
        HelpName = "DIR",
        Description = "With --emit nano: stubs that the metadata processor wrote for QuantMcu.Nano, to take its checksum from.",
    };

    public CompileCommand(Terminal terminal)
        : base("compile", "Compiles a model and writes its kernels as source files.", terminal)
    {
        options = new CompileOptionSet(this);
        emit.AcceptOnlyFromAmong("csharp", "c", "nano");
        Add(emit);
        Add(output);
        Add(@namespace);
        Add(@class);
        Add(prefix);
        Add(stubs);
    }

    public override int Run(ParseResult parsed, CancellationToken cancellation)
    {
        string name = ModelName(parsed);
        var emitter = Emitter(parsed, name);
        var compileOptions = options.Read(parsed);
        var request = new CompileRequest(name, InputFile.Read(ModelPath(parsed)), CalibrationBytes(parsed), compileOptions);

        using var progress = new ProgressLine(Terminal);
        var model = Compilation.Run(request, Terminal, new StageClock(progress), cancellation);
        var code = emitter(request, model.Network, cancellation);
        cancellation.ThrowIfCancellationRequested();

        string folder = parsed.GetRequiredValue(output);
        try
        {
            EmittedFolder.Write(folder, code.Files);
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException)
        {
            throw new UsageException("cannot write to '" + folder + "': " + e.Message);
        }

        progress.Dispose();
        Terminal.Output.WriteLine(
            name + ": " + code.Name + " in " + folder + ", " + code.Files.Count + " files; arena " + Numbers.Text(code.Arena.TotalBytes) + " bytes ("
            + (code.Arena.Gap == 0 ? "the lower bound" : Numbers.Text(code.Arena.Gap) + " above the lower bound")
            + "), weights " + Numbers.Text(code.WeightBytes) + " bytes" + (code.ContentHash.Length == 0 ? "" : "; content hash " + code.ContentHash));
        return ExitStatus.Success;
    }

    /// <summary>The back end that was asked for; bad names end the command before any work.</summary>
    private Func<CompileRequest, QuantizedNetwork, CancellationToken, EmittedCode> Emitter(ParseResult parsed, string name)
    {
        string language = parsed.GetValue(emit)!;
        if (parsed.GetValue(stubs) is not null && language != "nano")
            throw new UsageException("--stubs goes with --emit nano.");

        if (language is "c" or "nano")
        {
            var prefixed = EmittedCode.CTargetOf(parsed.GetValue(prefix) ?? CTarget.NameOf(name));
            if (language == "c")
                return (request, network, cancellation) => EmittedCode.C(prefixed, request, network, cancellation);

            var folder = NanoFolder.Read(parsed.GetRequiredValue(output), parsed.GetValue(stubs));
            return (request, network, cancellation) => EmittedCode.Nano(prefixed, request, network, folder, cancellation);
        }

        var target = CSharpNames.Target(parsed.GetValue(@namespace)!, parsed.GetValue(@class) ?? CSharpNames.PascalCase(name));
        return (request, network, cancellation) => EmittedCode.CSharp(target, request, network, cancellation);
    }
}
