using System.Collections.Generic;
using System.Linq;
using QuantMcu.Compiler.Quantization;
using QuantMcu.Compiler.Reference.Integer;
using QuantMcu.Testing;
using QuantMcu.Testing.Native;
using Xunit;

namespace QuantMcu.Native.Tests;

/// <summary>Emitted C of networks with a patch stage or fused layers, on this machine, against the integer interpreter.</summary>
public class PatchedNetworkTests
{
    private const int Batch = 10;

    [ToolTheory("gcc")]
    [InlineData(false, Target.CortexM4)]
    [InlineData(true, Target.Generic)]
    [InlineData(true, Target.CortexM4)]
    public void Gcc_makes_the_codes_of_patches_and_the_sanitizers_find_nothing(bool mixed, Target target) => Compare(
        RandomPatches.Cases(seed: 20_261_131, Batch, mixed), target, "gcc", "-O1", "-fsanitize=address,undefined", "-fno-sanitize-recover=all");

    [ToolFact("gcc")]
    public void Gcc_makes_the_codes_of_fused_layers_and_the_sanitizers_find_nothing() => Compare(
        RandomPatches.FusedCases(seed: 20_261_132, Batch, mixed: true), Target.CortexM4, "gcc", "-O1", "-fsanitize=address,undefined",
        "-fno-sanitize-recover=all");

    [ToolFact("clang")]
    public void Clang_makes_the_codes_of_patches_and_fused_layers() => Compare(
        [
            .. RandomPatches.Cases(seed: 20_261_133, Batch, mixed: true),
            .. RandomPatches.FusedCases(seed: 20_261_134, Batch, mixed: true),
        ],
        Target.CortexM4, "clang", "-O1");

    private static void Compare(
        IReadOnlyList<(QuantizedNetwork Network, string Name)> cases, Target target, string compiler, params string[] options)
    {
        Assert.Equal(0, cases.Count % Batch);
        Assert.NotEmpty(cases);
        var networks = cases.Select(one => one.Network).ToArray();
        using var program = new NativeProgram(networks, target, compiler, options);
        for (int seed = 0; seed < 2; seed++)
        {
            var inputs = networks.Select(network => RandomNetworks.Inputs(network, seed)).ToArray();
            var runs = program.Run(inputs);
            for (int i = 0; i < networks.Length; i++)
            {
                string difference = Difference(networks[i], inputs[i], runs[i], program.Programs[i].ArenaBytes);
                string titles = string.Join("\n", program.Programs[i].Steps.Select(step => step.Kernel.Name + ": " + step.Title));
                Assert.True(difference.Length == 0, difference + "\n" + cases[i].Name + "\n" + titles);
            }
        }
    }

    private static string Difference(QuantizedNetwork network, byte[][] inputs, NativeRun run, int arenaBytes)
    {
        var expected = IntegerInterpreter.Run(network, inputs);
        for (int output = 0; output < expected.Length; output++)
        {
            int index = Enumerable.Range(0, expected[output].Length).FirstOrDefault(i => expected[output][i] != run.Outputs[output][i], -1);
            if (index >= 0)
                return "output " + output + " differs at " + index;
        }

        if (network.Patches is { } stage)
        {
            var branches = PatchInterpreter.Run(network, inputs).Branches;
            int[] counts = Enumerable.Range(0, stage.Branches.Length).Select(branch => branches.Count(taken => taken == branch)).ToArray();
            if (!counts.SequenceEqual(run.Patches))
                return "patches by branch: " + string.Join(", ", run.Patches) + ", not " + string.Join(", ", counts);
        }

        return run.HighWater <= arenaBytes ? "" : "high water " + run.HighWater + ", not " + arenaBytes;
    }
}
