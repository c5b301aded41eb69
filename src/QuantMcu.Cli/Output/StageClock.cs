using System;
using System.Collections.Generic;
using System.Diagnostics;
using QuantMcu.Compiler;

namespace QuantMcu.Cli.Output;

/// <summary>Measures the stages of a compilation by the progress that it reports: the engine itself knows no clock.</summary>
internal sealed class StageClock : IProgress<CompileProgress>
{
    private readonly Dictionary<string, TimeSpan> spent = new(StringComparer.Ordinal);
    private readonly IProgress<CompileProgress> next;
    private readonly Func<TimeSpan> now;
    private TimeSpan entered;
    private string stage = "";

    /// <summary>Of time as it passes.</summary>
    /// <param name="next">Told of the progress too.</param>
    public StageClock(IProgress<CompileProgress> next)
        : this(next, static () => Stopwatch.GetElapsedTime(0))
    {
    }

    /// <param name="next">Told of the progress too.</param>
    /// <param name="now">Time since any fixed point.</param>
    public StageClock(IProgress<CompileProgress> next, Func<TimeSpan> now)
    {
        this.next = next;
        this.now = now;
        entered = now();
    }

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
        var time = now();
        spent[stage] = spent.GetValueOrDefault(stage) + (time - entered);
        entered = time;
        stage = name;
    }
}
