using System;
using System.Collections.Generic;
using System.Globalization;
using System.Linq;
using QuantMcu.Compiler.Patching;
using QuantMcu.Testing;
using QuantMcu.Testing.Native;

namespace QuantMcu.Benchmarks;

/// <summary>Instructions of emitted C on emulated cores.</summary>
internal static class NativeCounts
{
    /// <summary>Layers of their own: one table per core.</summary>
    public static void PrintLayers(IReadOnlyList<string> cores)
    {
        foreach (var core in Cores(cores))
        {
            Console.WriteLine("| " + core.Name + ", instructions per MAC | " + string.Join(" | ", LayerCounts.Mixes.Select(mix => mix.Codes + "/" + mix.Weights)) + " |");
            Console.WriteLine("| --- |" + string.Concat(LayerCounts.Mixes.Select(_ => " --- |")));
            foreach (var layer in LayerSubject.All)
            {
                var numbers = LayerCounts.Mixes.Select(mix => LayerCounts.Of(layer, mix, core))
                    .Select(count => Number((double)count.Instructions / count.Macs));
                Console.WriteLine("| " + layer.Name + " " + layer.Title + " | " + string.Join(" | ", numbers) + " |");
            }

            Console.WriteLine();
        }
    }

    /// <summary>The lines of tests/Native/counts/CORE.txt.</summary>
    public static void PrintCounts(string core)
    {
        foreach (var layer in LayerSubject.All)
        {
            foreach (var mix in LayerCounts.Mixes)
                Console.WriteLine(LayerCounts.Line(layer, mix, LayerCounts.Of(layer, mix, EmulatedCore.Named(core)).Instructions));
        }
    }

    /// <summary>One inference of a real network, layer by layer.</summary>
    public static void PrintSteps(string name, string core)
    {
        var run = Measure(name, EmulatedCore.Named(core));
        foreach (var step in run.Steps)
            Console.WriteLine(step.Instructions.ToString("N0", CultureInfo.InvariantCulture).PadLeft(12) + "  " + step.Title);
    }

    /// <summary>Real networks: one row each.</summary>
    public static void PrintNetworks(IReadOnlyList<string> names, string core)
    {
        Console.WriteLine("| " + core + " | millions of instructions | per MAC | code | data | arena | stack |");
        Console.WriteLine("| --- | --- | --- | --- | --- | --- | --- |");
        foreach (string name in names)
        {
            var run = Measure(name, EmulatedCore.Named(core));
            Console.WriteLine(
                "| " + name + " | " + Number(run.Instructions / 1e6) + " | " + Number(run.PerMac) + " | " + Bytes(run.CodeBytes) + " | "
                + Bytes(run.Program.DataBytes) + " | " + Bytes(run.Program.ArenaBytes) + " | " + Bytes(run.StackBytes) + " |");
        }
    }

    private static EmulatedRun Measure(string name, EmulatedCore core)
    {
        var model = EvaluationModel.Named(name);
        var network = model.Compile(PatchGrid.Whole).Network;
        var sample = model.ReadSamples().Take(1);
        byte[] codes = Array.ConvertAll(sample.Bytes, code => (byte)(network.Inputs[0].Signed ? code ^ 0x80 : code));
        return EmulatedRun.Of(network, [codes], core);
    }

    private static IEnumerable<EmulatedCore> Cores(IReadOnlyList<string> names) =>
        names.Count == 0 ? EmulatedCore.All : names.Select(EmulatedCore.Named);

    private static string Number(double value) => value.ToString("0.00", CultureInfo.InvariantCulture);

    private static string Bytes(int value) => value.ToString("N0", CultureInfo.InvariantCulture);
}
