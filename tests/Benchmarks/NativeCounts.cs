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
    private static readonly (int In, int Weights)[] Mixes = [(8, 8), (8, 4), (4, 8), (4, 4), (4, 2), (2, 2)];

    /// <summary>Layers of their own: one table per core.</summary>
    public static void PrintLayers(IReadOnlyList<string> cores)
    {
        foreach (var core in Cores(cores))
        {
            Console.WriteLine("| " + core.Name + ", instructions per MAC | " + string.Join(" | ", Mixes.Select(mix => mix.In + "/" + mix.Weights)) + " |");
            Console.WriteLine("| --- |" + string.Concat(Mixes.Select(_ => " --- |")));
            foreach (var layer in LayerSubject.All)
                Console.WriteLine("| " + layer.Name + " " + layer.Title + " | " + string.Join(" | ", Mixes.Select(mix => Number(PerMac(layer, mix, core)))) + " |");

            Console.WriteLine();
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

    private static double PerMac(LayerSubject layer, (int In, int Weights) mix, EmulatedCore core)
    {
        var network = layer.Network(mix.In, mix.Weights);
        byte[] input = new byte[network.Tensor(0).Elements];
        new Random(1).NextBytes(input);
        var run = EmulatedRun.Of(network, [input], core);
        return (double)LayerSubject.StepOf(run).Instructions / run.Macs;
    }

    private static IEnumerable<EmulatedCore> Cores(IReadOnlyList<string> names) =>
        names.Count == 0 ? EmulatedCore.All : names.Select(EmulatedCore.Named);

    private static string Number(double value) => value.ToString("0.00", CultureInfo.InvariantCulture);

    private static string Bytes(int value) => value.ToString("N0", CultureInfo.InvariantCulture);
}
