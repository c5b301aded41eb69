using System;
using System.Collections.Generic;
using System.Collections.Immutable;
using System.Globalization;
using System.Linq;
using QuantMcu.Compiler.Patching;
using QuantMcu.Testing;
using QuantMcu.Testing.Native;

namespace QuantMcu.Benchmarks;

/// <summary>Estimated times of one inference on boards with .NET nanoFramework: counted instructions over the clock, one instruction a cycle.</summary>
internal static class BoardTimes
{
    /// <summary>Machine instructions that nanoFramework's interpreter executes for a multiply-accumulate of 8 bits, counted on its own runtime.</summary>
    private const double ManagedInstructionsPerMac = 1300;

    private static readonly ImmutableArray<(string Name, double Megahertz, string Core)> Boards =
    [
        ("ESP32", 240, "lx106"), ("ESP32-C3", 160, "rv32imc"), ("STM32F429I-DISCO", 180, "m4"), ("STM32F769I-DISCO", 216, "m7"),
    ];

    /// <summary>A row for each model, a column for each board: native, then managed.</summary>
    public static void Print(IReadOnlyList<string> names)
    {
        Console.WriteLine("| native / managed | million MACs | " + string.Join(" | ", Boards.Select(board => board.Name + ", " + board.Megahertz + " MHz")) + " |");
        Console.WriteLine("| --- | --- |" + string.Concat(Boards.Select(_ => " --- |")));
        foreach (string name in names)
        {
            var model = EvaluationModel.Named(name);
            var network = model.Compile(PatchGrid.Whole).Network;
            double macs = network.Layers.Sum(layer => layer.Macs(network));
            var times = Boards.Select(board => Time(NativeCounts.Measure(model, network, EmulatedCore.Named(board.Core)).Instructions, board.Megahertz)
                + " / " + Time(macs * ManagedInstructionsPerMac, board.Megahertz));
            Console.WriteLine("| " + name + " | " + Number(macs / 1e6) + " | " + string.Join(" | ", times) + " |");
        }
    }

    private static string Time(double instructions, double megahertz)
    {
        double seconds = instructions / (megahertz * 1e6);
        return seconds < 1 ? Number(seconds * 1000) + " ms" : Number(seconds) + " s";
    }

    /// <summary>Two digits: an estimate has no more.</summary>
    private static string Number(double value)
    {
        double unit = value <= 0 ? 1 : Math.Pow(10, Math.Floor(Math.Log10(value)) - 1);
        return (Math.Round(value / unit) * unit).ToString(unit < 1 ? "0.0#" : "0", CultureInfo.InvariantCulture);
    }
}
