using System;
using System.Collections.Generic;
using System.Globalization;
using System.Linq;
using QuantMcu.Benchmarks.Results;
using QuantMcu.Compiler.Lowering.C;
using QuantMcu.Compiler.Patching;
using QuantMcu.Compiler.Quantization;
using QuantMcu.Compiler.Quantization.Layers;
using QuantMcu.Compiler.Request;
using QuantMcu.Compiler.Searching.Output;
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

    /// <summary>The lines of tests/Native/counts/CORE-networks.txt: instructions, and high-water marks of arena and stack.</summary>
    public static void PrintCounts(string core, IReadOnlyList<string> names)
    {
        foreach (string name in names)
        {
            var run = Measure(name, EmulatedCore.Named(core));
            Console.WriteLine(Line(name, "instructions", run.Instructions));
            Console.WriteLine(Line(name, "arena", run.ArenaBytes));
            Console.WriteLine(Line(name, "stack", run.StackBytes));
        }
    }

    /// <summary>The lines of tests/Native/counts/CORE-networks-size.txt: kernels that save flash.</summary>
    public static void PrintSmallCounts(string core, IReadOnlyList<string> names)
    {
        foreach (string name in names)
        {
            var run = Measure(name, EmulatedCore.Named(core), Code.Size);
            Console.WriteLine(Line(name, "code", run.CodeBytes));
            Console.WriteLine(Line(name, "instructions", run.Instructions));
        }
    }

    private static string Line(string name, string what, long count) => name + " " + what + " " + count.ToString(CultureInfo.InvariantCulture);

    /// <summary>One inference of a real network, layer by layer.</summary>
    public static void PrintSteps(string name, string core)
    {
        Print(Measure(name, EmulatedCore.Named(core)));
    }

    /// <summary>The same, all maps and weights of so many bits.</summary>
    public static void PrintSteps(string name, string core, IReadOnlyList<string> mixes)
    {
        var model = EvaluationModel.Named(name);
        foreach (string mix in mixes)
        {
            int[] bits = Array.ConvertAll(mix.Split('/'), text => int.Parse(text, CultureInfo.InvariantCulture));
            Console.WriteLine(mix);
            Print(Measure(model, FixedBits.Of(model, bits[0], bits[1]), EmulatedCore.Named(core)));
        }
    }

    private static void Print(EmulatedRun run)
    {
        foreach (var step in run.Steps)
            Console.WriteLine(step.Instructions.ToString("N0", CultureInfo.InvariantCulture).PadLeft(12) + "  " + step.Title);
    }

    /// <summary>Real networks: one row each, layer by layer, or where a budget of the arena is given (<c>MODEL=BYTES</c>) in what patches that needs.</summary>
    public static void PrintNetworks(IReadOnlyList<string> names, string core, Code code)
    {
        Console.WriteLine("| " + core + (code == Code.Size ? ", Code = Size" : "") + " | millions of instructions | per MAC | code | data | arena | stack |");
        Console.WriteLine("| --- | --- | --- | --- | --- | --- | --- |");
        foreach (string name in names)
        {
            var run = MeasureWithin(name.Split('='), EmulatedCore.Named(core), code);
            Console.WriteLine(
                "| " + name + " | " + Number(run.Instructions / 1e6) + " | " + PerMac(run) + " | " + Sizes(run) + " |");
        }
    }

    /// <summary>Nothing for patches, which compute pixels twice.</summary>
    private static string PerMac(EmulatedRun run) => run.Program.Parts.Any(part => part is CTiles) ? "" : Number(run.PerMac);

    /// <summary>
    /// Networks of mixed precision as the search chooses it for the core, layer by layer (<c>MODEL=0.01</c>: with that MaxDamage): the loss of top-1 accuracy
    /// against the float model, instructions, and how far the cost model of the search is off.
    /// </summary>
    public static void PrintMixed(IReadOnlyList<string> names, string core, Code code, bool steps)
    {
        Console.WriteLine("| " + core + (code == Code.Size ? ", mixed, Code = Size" : ", mixed") + " | points lost | samples | millions of instructions | per MAC | code | data | arena | stack | predicted |");
        Console.WriteLine("| --- | --- | --- | --- | --- | --- | --- | --- | --- | --- |");
        foreach (string argument in names)
        {
            string name = argument.Split('=')[0];
            double? damage = argument == name ? null : double.Parse(argument.Split('=')[1], CultureInfo.InvariantCulture);
            var model = EvaluationModel.Named(name);
            var emulated = EmulatedCore.Named(core);
            var subject = new Subject(new ResultModel(model, PatchGrid.Whole, Curves: false), int.MaxValue);
            var options = model.Options with { Precision = Precision.Mixed, Patches = PatchGrid.Whole, Target = emulated.Target, MaxDamage = damage };
            var (network, loss) = subject.Judge(options);
            var run = Measure(model, network, emulated, code);
            Console.WriteLine(
                "| " + argument + " | " + Number(loss) + " | " + Bytes(subject.Samples) + " | " + Number(run.Instructions / 1e6) + " | "
                + Number(run.PerMac) + " | " + Sizes(run) + " | " + Error(network, run, emulated) + " |");
            if (steps)
                Print(run);
        }
    }

    /// <summary>How far the cost model of the search is off, for the convolutions of a network: it knows no other layers.</summary>
    private static string Error(QuantizedNetwork network, EmulatedRun run, EmulatedCore core)
    {
        var costs = CostModel.For(core.Target);
        double predicted = network.Layers.OfType<ConvLayer>().Sum(layer => costs.Of(
            layer, layer.Macs(network), network.Tensor(layer.Inputs[0]).Quantizer.CodeBits, layer.WeightCodeBits));
        double counted = run.Steps.Where(step => step.Title.EndsWith(" MACs", StringComparison.Ordinal)).Sum(step => step.Instructions);
        return ((predicted / counted) - 1).ToString("+0.0 %;-0.0 %", CultureInfo.InvariantCulture);
    }

    private static EmulatedRun MeasureWithin(string[] nameAndRam, EmulatedCore core, Code code)
    {
        if (nameAndRam is not [var name, var budget])
            return Measure(nameAndRam[0], core, code);

        var model = EvaluationModel.Named(name);
        int ram = int.Parse(budget, CultureInfo.InvariantCulture);
        return Measure(model, model.Compile(model.Options with { Target = core.Target, Code = code, Ram = ram }).Network, core, code, ram);
    }

    private static EmulatedRun Measure(string name, EmulatedCore core, Code code = Code.Speed)
    {
        var model = EvaluationModel.Named(name);
        return Measure(model, model.Compile(PatchGrid.Whole).Network, core, code);
    }

    /// <summary>One inference of a real network on its first evaluation sample.</summary>
    public static EmulatedRun Measure(EvaluationModel model, QuantizedNetwork network, EmulatedCore core, Code code = Code.Speed, int? ram = null)
    {
        var sample = model.ReadSamples().Take(1);
        byte[] codes = Array.ConvertAll(sample.Bytes, code => (byte)(network.Inputs[0].Signed ? code ^ 0x80 : code));
        return EmulatedRun.Of(network, [codes], core, code, ram);
    }

    private static string Sizes(EmulatedRun run) =>
        Bytes(run.CodeBytes) + " | " + Bytes(run.Program.DataBytes) + " | " + Bytes(run.ArenaBytes) + " | " + Bytes(run.StackBytes);

    private static IEnumerable<EmulatedCore> Cores(IReadOnlyList<string> names) =>
        names.Count == 0 ? EmulatedCore.All : names.Select(EmulatedCore.Named);

    private static string Number(double value) => value.ToString("0.00", CultureInfo.InvariantCulture);

    private static string Bytes(int value) => value.ToString("N0", CultureInfo.InvariantCulture);
}
