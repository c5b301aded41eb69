using System;
using System.Collections.Generic;
using System.CommandLine;
using System.Threading;
using System.Threading.Tasks;
using QuantMcu.Cli.Commands;
using QuantMcu.Cli.Output;
using QuantMcu.Compiler.Diagnostics;

namespace QuantMcu.Cli;

/// <summary>The commands of <c>quantmcu</c>, and how what becomes of them turns into an exit status.</summary>
internal static class CommandLine
{
    public static int Run(IReadOnlyList<string> args, Terminal terminal)
    {
        var root = new RootCommand("Compiles ONNX networks into integer kernels for microcontrollers.")
        {
            Guarded(new InspectCommand(terminal), terminal),
            Guarded(new CompileCommand(terminal), terminal),
            Guarded(new EvaluateCommand(terminal), terminal),
            Guarded(new ReportCommand(terminal), terminal),
        };
        var parsed = root.Parse(args, new ParserConfiguration { ResponseFileTokenReplacer = null });
        if (parsed.Errors.Count == 0)
            return parsed.Invoke(new InvocationConfiguration { Output = terminal.Output, Error = terminal.Error });

        foreach (var error in parsed.Errors)
            terminal.Error.WriteLine("quantmcu: " + error.Message);

        terminal.Error.WriteLine("Try 'quantmcu --help', or '--help' after a command.");
        return ExitStatus.Usage;
    }

    // On a worker thread, so that Ctrl+C reaches the token while the command computes.
    private static Command Guarded(ModelCommand command, Terminal terminal)
    {
        command.SetAction((parsed, cancellation) => Task.Run(() => Run(command, parsed, terminal, cancellation)));
        return command;
    }

    private static int Run(ModelCommand command, ParseResult parsed, Terminal terminal, CancellationToken cancellation)
    {
        try
        {
            return command.Run(parsed, cancellation);
        }
        catch (UsageException e)
        {
            terminal.Error.WriteLine("quantmcu: " + e.Message);
            return ExitStatus.Usage;
        }
        catch (ModelException e)
        {
            terminal.Error.WriteLine("error " + e.Message);
            return ExitStatus.ModelError;
        }
        catch (OperationCanceledException)
        {
            return ExitStatus.Cancelled;
        }
    }
}
