using System;
using System.Diagnostics;
using System.IO;
using QuantMcu.Compiler;

namespace QuantMcu.Cli.Output;

/// <summary>One line on a terminal that overwrites itself while long work runs; nothing at all in a pipe. Thread-safe.</summary>
internal sealed class ProgressLine : IProgress<CompileProgress>, IDisposable
{
    private const int Columns = 60;
    private static readonly TimeSpan Interval = TimeSpan.FromMilliseconds(100);

    private readonly TextWriter? writer;
    private readonly Stopwatch sinceLast = Stopwatch.StartNew();
    private string stage = "";
    private bool written;

    public ProgressLine(Terminal terminal) => writer = terminal.ErrorIsInteractive ? terminal.Error : null;

    public void Report(CompileProgress value)
    {
        if (writer is null)
            return;

        lock (writer)
        {
            if (value.Stage == stage && sinceLast.Elapsed < Interval)
                return;

            stage = value.Stage;
            sinceLast.Restart();
            string text = value.Total > 0 ? value.Stage + " " + value.Done + "/" + value.Total : value.Stage;
            writer.Write("\r" + (text.Length > Columns ? text[..Columns] : text.PadRight(Columns)));
            written = true;
        }
    }

    /// <summary>Wipes the line, so that results start on a clean one.</summary>
    public void Dispose()
    {
        if (writer is null)
            return;

        lock (writer)
        {
            if (written)
                writer.Write("\r" + new string(' ', Columns) + "\r");

            written = false;
        }
    }
}
