using System.Linq;
using System.Threading;
using QuantMcu.Cli.Output;
using QuantMcu.Compiler;
using QuantMcu.Compiler.Diagnostics;

namespace QuantMcu.Cli.Evaluation;

/// <summary>Compiles a model for a command: progress on a terminal, warnings on standard error.</summary>
internal static class Compilation
{
    /// <exception cref="ModelException">The compilation ended in an error.</exception>
    public static CompiledModel Run(CompileRequest request, Terminal terminal, StageClock clock, CancellationToken cancellation)
    {
        var result = ModelCompiler.Compile(request, clock, cancellation);
        var error = result.Diagnostics.FirstOrDefault(diagnostic => diagnostic.Rule.Severity == DiagnosticSeverity.Error);
        foreach (var warning in result.Diagnostics.Where(diagnostic => diagnostic != error))
            terminal.Error.WriteLine("warning " + warning);

        return error is null ? result.Model! : throw new ModelException(error);
    }
}
