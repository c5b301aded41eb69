using System;
using System.CommandLine;
using System.IO;
using System.Threading;
using QuantMcu.Cli.Emission;
using QuantMcu.Cli.Evaluation;
using QuantMcu.Cli.Output;
using QuantMcu.Compiler;
using QuantMcu.Compiler.Emit.CSharp;
using QuantMcu.Compiler.Lowering.CSharp;

namespace QuantMcu.Cli.Commands;

/// <summary><c>quantmcu compile MODEL --emit csharp -o DIR</c>: writes the kernels of a model as source files.</summary>
internal sealed class CompileCommand : ModelCommand
{
    private readonly CompileOptionSet options;

    private readonly Option<string> emit = new("--emit")
    {
        HelpName = "csharp",
        Description = "Language of the emitted code.",
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

    public CompileCommand(Terminal terminal)
        : base("compile", "Compiles a model and writes its kernels as source files.", terminal)
    {
        options = new CompileOptionSet(this);
        emit.AcceptOnlyFromAmong("csharp");
        Add(emit);
        Add(output);
        Add(@namespace);
        Add(@class);
    }

    public override int Run(ParseResult parsed, CancellationToken cancellation)
    {
        string name = ModelName(parsed);
        var target = CSharpNames.Target(parsed.GetValue(@namespace)!, parsed.GetValue(@class) ?? CSharpNames.PascalCase(name));
        var compileOptions = options.Read(parsed);
        var request = new CompileRequest(name, InputFile.Read(ModelPath(parsed)), CalibrationBytes(parsed), compileOptions);

        using var progress = new ProgressLine(Terminal);
        var model = Compilation.Run(request, Terminal, new StageClock(progress), cancellation);
        var program = CSharpLowering.Lower(model.Network, request.Options, cancellation);
        var files = CSharpFiles.Of(target, request, model.Network, program);
        cancellation.ThrowIfCancellationRequested();

        string folder = parsed.GetRequiredValue(output);
        try
        {
            EmittedFolder.Write(folder, files);
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException)
        {
            throw new UsageException("cannot write to '" + folder + "': " + e.Message);
        }

        progress.Dispose();
        Terminal.Output.WriteLine(
            name + ": " + target.Name + " in " + folder + ", " + files.Count + " files; arena " + Numbers.Text(program.ArenaBytes) + " bytes ("
            + (program.Arena.Gap == 0 ? "the lower bound" : Numbers.Text(program.Arena.Gap) + " above the lower bound")
            + "), weights " + Numbers.Text(program.WeightBytes) + " bytes");
        return ExitStatus.Success;
    }
}
