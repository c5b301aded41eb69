using System;
using System.Globalization;
using System.IO;
using System.Linq;
using System.Threading;
using FsCheck.Fluent;
using QuantMcu.Compiler.Lowering.C;
using QuantMcu.Compiler.Quantization;
using QuantMcu.Testing;
using QuantMcu.Testing.Native;
using Xunit;

namespace QuantMcu.Native.Tests;

/// <summary>Emitted C on emulated cores: what it computes and what it costs.</summary>
public class EmulatedTests
{
    /// <summary>Relative; counts of one compiler version are equal, so this is room for others.</summary>
    private const double MostRegression = 0.01;

    /// <summary>Bytes of code that a network with small kernels may take.</summary>
    private const int MostSmallCode = 12 * 1024;

    private static readonly string Counts = Path.Combine(ModelsFolder.Repository, "tests", "Native", "counts");

    [ToolTheory("arm-none-eabi-gcc", "qemu-system-arm", "riscv64-unknown-elf-gcc", "qemu-system-riscv32", "xtensa-lx106-elf-gcc", "qemu-system-xtensa")]
    [InlineData("m4")]
    [InlineData("m7")]
    [InlineData("m33")]
    [InlineData("m55")]
    [InlineData("rv32imc")]
    [InlineData("rv32imac")]
    [InlineData("lx106")]
    public void Random_networks_make_the_codes_of_the_interpreter(string core)
    {
        var networks = NetworkRecipe.MixedArbitrary.Generator.Sample(12, new FsCheck.Rnd(20_261_124, 41), 10).Select(RandomNetworks.Build).ToArray();
        var inputs = networks.Select(network => RandomNetworks.Inputs(network, 1)).ToArray();
        Assert.Empty(EmulatedBatch.Differences(networks, inputs, EmulatedCore.Named(core)));
    }

    /// <summary>Registers live longer there: what assembly forgets to tell the compiler comes to light.</summary>
    [ToolTheory("arm-none-eabi-gcc", "qemu-system-arm")]
    [InlineData("m4", "-Os")]
    [InlineData("m55", "-Os")]
    [InlineData("m55", "-O1")]
    public void Compilers_that_optimize_less_make_the_same_codes(string core, string optimization)
    {
        var networks = NetworkRecipe.MixedArbitrary.Generator.Sample(8, new FsCheck.Rnd(20_261_147, 41), 10).Select(RandomNetworks.Build)
            .Concat(RandomDepthwise.Cases(seed: 20_261_148, 20)).ToArray();
        var inputs = networks.Select(network => RandomNetworks.Inputs(network, 1)).ToArray();
        Assert.Empty(EmulatedBatch.Differences(networks, inputs, EmulatedCore.Named(core), Code.Speed, optimization));
    }

    [ToolTheory("arm-none-eabi-gcc", "qemu-system-arm")]
    [InlineData("m4")]
    [InlineData("m7")]
    [InlineData("m33")]
    public void Small_kernels_make_the_codes_of_the_interpreter_for_convolutions_of_any_small_shape(string core)
    {
        var networks = RandomConvolutions.Cases(seed: 20_261_146, core == "m4" ? 60 : 20);
        var inputs = networks.Select(network => RandomNetworks.Inputs(network, 1)).ToArray();
        Assert.Empty(EmulatedBatch.Differences(networks, inputs, EmulatedCore.Named(core), Code.Size));
    }

    [ToolFact("arm-none-eabi-gcc", "qemu-system-arm")]
    public void Fast_kernels_make_the_codes_of_the_interpreter_for_convolutions_of_any_small_shape()
    {
        var networks = RandomConvolutions.Cases(seed: 20_261_154, 120);
        var programs = networks.Select(network => CLowering.Lower(network, EmulatedCore.M4.Target, Code.Speed, CancellationToken.None));
        Assert.Empty(RandomConvolutions.FormsMissing(programs));
        var inputs = networks.Select(network => RandomNetworks.Inputs(network, 1)).ToArray();
        Assert.Empty(EmulatedBatch.Differences(networks, inputs, EmulatedCore.M4));
    }

    [ToolFact("arm-none-eabi-gcc", "qemu-system-arm")]
    public void Small_kernels_make_the_codes_of_the_interpreter()
    {
        var networks = NetworkRecipe.MixedArbitrary.Generator.Sample(12, new FsCheck.Rnd(20_261_127, 41), 10).Select(RandomNetworks.Build)
            .Concat(RandomPatches.Cases(seed: 20_261_137, 6, mixed: true).Select(one => one.Network)).ToArray();
        var inputs = networks.Select(network => RandomNetworks.Inputs(network, 1)).ToArray();
        Assert.Empty(EmulatedBatch.Differences(networks, inputs, EmulatedCore.M4, Code.Size));
    }

    [ToolTheory("arm-none-eabi-gcc", "qemu-system-arm", "riscv64-unknown-elf-gcc", "qemu-system-riscv32", "xtensa-lx106-elf-gcc", "qemu-system-xtensa")]
    [InlineData("m4")]
    [InlineData("m55")]
    [InlineData("rv32imc")]
    [InlineData("lx106")]
    public void Depthwise_layers_of_any_small_shape_make_the_codes_of_the_interpreter(string core)
    {
        var networks = RandomDepthwise.Cases(seed: 20_261_141, core == "rv32imc" ? 20 : 60);
        var inputs = networks.Select(network => RandomNetworks.Inputs(network, 1)).ToArray();
        Assert.Empty(EmulatedBatch.Differences(networks, inputs, EmulatedCore.Named(core)));
    }

    [ToolTheory("arm-none-eabi-gcc", "qemu-system-arm")]
    [InlineData("m4")]
    [InlineData("m7")]
    [InlineData("m33")]
    public void Convolutions_of_few_channels_make_the_codes_of_the_interpreter(string core)
    {
        var networks = RandomFew.Cases(seed: 20_261_151, 48);
        var inputs = networks.Select(network => RandomNetworks.Inputs(network, 1)).ToArray();
        Assert.Empty(EmulatedBatch.Differences(networks, inputs, EmulatedCore.Named(core)));
    }

    [ToolTheory("arm-none-eabi-gcc", "qemu-system-arm", "riscv64-unknown-elf-gcc", "qemu-system-riscv32", "xtensa-lx106-elf-gcc", "qemu-system-xtensa")]
    [InlineData("m4")]
    [InlineData("m55")]
    [InlineData("rv32imc")]
    [InlineData("lx106")]
    public void Random_patches_and_fused_layers_make_the_codes_of_the_interpreter(string core)
    {
        (QuantizedNetwork Network, string Name)[] cases =
            [.. RandomPatches.Cases(seed: 20_261_135, 6, mixed: true), .. RandomPatches.FusedCases(seed: 20_261_136, 6, mixed: true)];
        var networks = cases.Select(one => one.Network).ToArray();
        var inputs = networks.Select(network => RandomNetworks.Inputs(network, 1)).ToArray();
        Assert.Empty(EmulatedBatch.Differences(networks, inputs, EmulatedCore.Named(core)));
    }

    [ToolTheory("arm-none-eabi-gcc", "qemu-system-arm", "riscv64-unknown-elf-gcc", "qemu-system-riscv32", "xtensa-lx106-elf-gcc", "qemu-system-xtensa")]
    [InlineData("m4", true)]
    [InlineData("m7", false)]
    [InlineData("m33", false)]
    [InlineData("m55", false)]
    [InlineData("rv32imc", true)]
    [InlineData("lx106", true)]
    public void Layers_take_no_more_instructions_than_the_counts_that_are_checked_in(string core, bool allMixes)
    {
        var known = LayerCounts.Parse(File.ReadLines(Path.Combine(Counts, core + ".txt")));
        var worse =
            from layer in LayerSubject.All
            from mix in LayerCounts.Mixes
            where allMixes || mix.Codes == mix.Weights
            let now = LayerCounts.Of(layer, mix, EmulatedCore.Named(core)).Instructions
            let line = LayerCounts.Line(layer, mix, now)
            where now > known[line.Substring(0, line.LastIndexOf(' '))] * (1 + MostRegression)
            select line;
        Assert.Empty(worse);
    }

    /// <summary>What saves flash may take 12 KB of code and half as many instructions again; below that, no more than it did.</summary>
    [ModelsAndToolsFact("arm-none-eabi-gcc", "qemu-system-arm", "make", "gcc")]
    public void Small_networks_take_no_more_code_and_instructions_than_is_checked_in()
    {
        var known = LayerCounts.Parse(File.ReadLines(Path.Combine(Counts, "m4-networks-size.txt")));
        string[] names = known.Keys.Select(key => key.Split(' ')[0]).Distinct().ToArray();
        Assert.NotEmpty(names);
        Assert.All(names, name =>
        {
            var model = EvaluationModel.Named(name);
            var run = EmulatedRun.Of(
                RealNetworkTests.Compile(model), [RealNetworkTests.Codes(model.ReadSamples()).First()], EmulatedCore.M4, Code.Size);
            Assert.InRange(run.CodeBytes, 1, Math.Min(MostSmallCode, (int)(known[name + " code"] * (1 + MostRegression))));
            Assert.InRange(run.Instructions, 1, (long)(known[name + " instructions"] * (1 + MostRegression)));
        });
    }

    /// <summary>High-water marks of arena and stack are exact: one compiler always makes the same code.</summary>
    [ModelsAndToolsTheory("arm-none-eabi-gcc", "qemu-system-arm", "riscv64-unknown-elf-gcc", "qemu-system-riscv32", "make", "gcc")]
    [InlineData("m4")]
    [InlineData("m55")]
    [InlineData("rv32imc")]
    public void Real_networks_take_the_memory_that_is_checked_in_and_no_more_instructions(string core)
    {
        var known = LayerCounts.Parse(File.ReadLines(Path.Combine(Counts, core + "-networks.txt")));
        string[] names = known.Keys.Select(key => key.Split(' ')[0]).Distinct().ToArray();
        Assert.NotEmpty(names);
        Assert.All(names, name =>
        {
            var model = EvaluationModel.Named(name);
            var run = EmulatedRun.Of(RealNetworkTests.Compile(model), [RealNetworkTests.Codes(model.ReadSamples()).First()], EmulatedCore.Named(core));
            Assert.InRange(run.Instructions, 1, (long)(known[name + " instructions"] * (1 + MostRegression)));
            Assert.Empty(ArenaUse.Difference(run.Program, run.ArenaBytes));
            Assert.True(
                run.ArenaBytes == known[name + " arena"] && run.StackBytes == known[name + " stack"],
                name + " takes " + run.ArenaBytes + " bytes of arena and " + run.StackBytes + " of stack on " + core + ", not what tests/Native/counts/" + core
                + "-networks.txt and docs/performance.md say. After a change of kernels or of the compiler (the figures are of gcc 12.2) run"
                + " \"native counts " + core + " ...\" and \"native networks " + core + " ...\", as tests/Benchmarks/README.md says.");
        });
    }

    [Theory]
    [InlineData("m4")]
    [InlineData("m55")]
    [InlineData("rv32imc")]
    public void The_page_on_performance_shows_the_memory_that_is_checked_in(string core)
    {
        var known = LayerCounts.Parse(File.ReadLines(Path.Combine(Counts, core + "-networks.txt")));
        string[] lines = File.ReadAllLines(Path.Combine(ModelsFolder.Repository, "docs", "performance.md"));
        string[] rows = lines.SkipWhile(line => line != "| " + core + " | millions of instructions | per MAC | code | data | arena | stack |")
            .TakeWhile(line => line.Length > 0).ToArray();
        Assert.All(known.Keys.Where(key => key.EndsWith(" arena", StringComparison.Ordinal)).Select(key => key.Split(' ')[0]), name =>
        {
            string row = Assert.Single(rows, row => row.StartsWith("| " + name + " |", StringComparison.Ordinal));
            Assert.EndsWith(
                string.Create(CultureInfo.InvariantCulture, $" | {known[name + " arena"]:N0} | {known[name + " stack"]:N0} |"), row, StringComparison.Ordinal);
        });
    }
}
