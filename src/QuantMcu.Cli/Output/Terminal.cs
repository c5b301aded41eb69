using System;
using System.IO;
using Spectre.Console;

namespace QuantMcu.Cli.Output;

/// <summary>Where a command writes: results to <see cref="Output"/>, everything else to <see cref="Error"/>.</summary>
/// <param name="Output">Standard output, or a test's writer.</param>
/// <param name="Error">Standard error, or a test's writer.</param>
/// <param name="OutputIsInteractive">A person looks at it: borders and colours are welcome.</param>
/// <param name="ErrorIsInteractive">A person looks at it: progress is welcome.</param>
internal sealed record Terminal(TextWriter Output, TextWriter Error, bool OutputIsInteractive, bool ErrorIsInteractive)
{
    private const int PipeWidth = 400;

    public static Terminal OfProcess() =>
        new(Console.Out, Console.Error, !Console.IsOutputRedirected, !Console.IsErrorRedirected);

    /// <summary>A table writer: in a pipe without escape codes, and so wide that no row wraps.</summary>
    public IAnsiConsole Rich()
    {
        var settings = new AnsiConsoleSettings
        {
            Out = new AnsiConsoleOutput(Output),
            Ansi = OutputIsInteractive ? AnsiSupport.Detect : AnsiSupport.No,
            ColorSystem = OutputIsInteractive ? ColorSystemSupport.Detect : ColorSystemSupport.NoColors,
            Interactive = InteractionSupport.No,
        };
        // Enrichers would turn colours on again on build servers.
        settings.Enrichment.UseDefaultEnrichers = OutputIsInteractive;
        var console = AnsiConsole.Create(settings);
        if (!OutputIsInteractive)
            console.Profile.Width = PipeWidth;

        return console;
    }
}
