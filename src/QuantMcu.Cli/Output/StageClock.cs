using System;
using System.Collections.Generic;
using System.Diagnostics;
using QuantMcu.Compiler;

namespace QuantMcu.Cli.Output;

/// <summary>Measures the stages of a compilation by the progress that it reports: the engine itself knows no clock.</summary>
internal sealed class StageClock(IProgress<CompileProgress> next) : IProgress<CompileProgress>
{
    private readonly Dictionary<string, TimeSpan> spent = new(StringComparer.Ordinal);
    private readonly Stopwatch watch = Stopwatch.StartNew();
    private string stage = "";

    public void Report(CompileProgress value)
    {
        lock (spent)
        {
            if (value.Stage != stage)
                Enter(value.Stage);
        }

        next.Report(value);
    }

    /// <summary>Seconds spent in a stage; 0 for a stage that did not occur.</summary>
    public double Seconds(string name)
    {
        lock (spent)
        {
            Enter("");
            return spent.GetValueOrDefault(name).TotalSeconds;
        }
    }

    private void Enter(string name)
    {
        spent[stage] = spent.GetValueOrDefault(stage) + watch.Elapsed;
        watch.Restart();
        stage = name;
    }
}
