using System;
using System.Linq;
using FsCheck.Fluent;
using QuantMcu.Compiler.Lowering.C;
using QuantMcu.Compiler.Quantization;
using QuantMcu.Compiler.Reference.Integer;
using QuantMcu.Testing;
using QuantMcu.Testing.Native;
using Xunit;

namespace QuantMcu.Native.Tests;

/// <summary>Emitted C on this machine against the integer interpreter.</summary>
public class RandomNetworkTests
{
    private const int Batch = 24;

    private static readonly string[] Sanitized = ["-O1", "-fsanitize=address,undefined", "-fno-sanitize-recover=all"];

    [ToolTheory("gcc")]
    [InlineData(false, Target.Generic)]
    [InlineData(true, Target.Generic)]
    [InlineData(true, Target.CortexM4)]
    [InlineData(true, Target.CortexM55)]
    public void Gcc_makes_the_codes_of_the_interpreter_and_the_sanitizers_find_nothing(bool mixed, Target target) =>
        CompareSanitized(Recipes(20_261_122, mixed), target);

    [ToolFact("gcc")]
    public void Gcc_makes_the_codes_of_the_interpreter_with_small_kernels() => Compare(
        Recipes(20_261_126, mixed: true), Target.CortexM4, Code.Size, "gcc", Sanitized);

    /// <summary>Products in halves, as on Xtensa cores that have no others.</summary>
    [ToolTheory("gcc")]
    [InlineData(Target.Esp32C3)]
    [InlineData(Target.Esp32)]
    public void Gcc_makes_the_codes_of_the_interpreter_for_cores_without_simd(Target target) => CompareSanitized(
        Recipes(20_261_125, mixed: true).Take(Batch / 2).ToArray(), target, "-DQMCU_SPLIT_PRODUCTS=1");

    [ToolTheory("gcc")]
    [InlineData(Target.CortexM4)]
    [InlineData(Target.CortexM55)]
    [InlineData(Target.Esp32C3)]
    public void Depthwise_layers_of_any_small_shape_make_the_codes_of_the_interpreter_and_the_sanitizers_find_nothing(Target target)
    {
        var networks = RandomDepthwise.Cases(seed: 20_261_142, 40);
        using var program = new NativeProgram(networks, target, Code.Speed, "gcc", Sanitized);
        AssertSame(networks, program);
    }

    [ToolTheory("gcc", "clang")]
    [InlineData("gcc", "-O1 -fsanitize=address,undefined -fno-sanitize-recover=all")]
    [InlineData("clang", "-O2")]
    public void Convolutions_of_any_small_shape_make_the_codes_of_the_interpreter_with_small_kernels(string compiler, string options)
    {
        var networks = RandomConvolutions.Cases(seed: 20_261_147, 60);
        using var program = new NativeProgram(networks, Target.CortexM4, Code.Size, compiler, options.Split(' '));
        AssertSame(networks, program);
    }

    /// <summary>Every way to make products, the fields of weights of 4, and of 5 and 6 bits among them.</summary>
    [ToolTheory("gcc", "clang")]
    [InlineData("gcc", "-O1 -fsanitize=address,undefined -fno-sanitize-recover=all")]
    [InlineData("clang", "-O2")]
    public void Convolutions_of_any_small_shape_make_the_codes_of_the_interpreter_with_fast_kernels(string compiler, string options)
    {
        var networks = RandomConvolutions.Cases(seed: 20_261_153, 60);
        using var program = new NativeProgram(networks, Target.CortexM4, Code.Speed, compiler, options.Split(' '));
        Assert.Empty(RandomConvolutions.FormsMissing(program.Programs));
        AssertSame(networks, program);
    }

    [ToolFact("gcc")]
    public void Convolutions_of_few_channels_make_the_codes_of_the_interpreter_and_the_sanitizers_find_nothing()
    {
        var networks = RandomFew.Cases(seed: 20_261_152, 40);
        using var program = new NativeProgram(networks, Target.CortexM4, Code.Speed, "gcc", Sanitized);
        int few = program.Programs.Count(one => one.Steps.Any(step => step.Kernel.Header == "qmcu_dsp_few.h"));
        Assert.InRange(few, networks.Length / 2, networks.Length);
        AssertSame(networks, program);
    }

    [ToolFact("clang")]
    public void Clang_makes_the_codes_of_the_interpreter() => Compare(
        Recipes(20_261_123, mixed: true), Target.CortexM4, Code.Speed, "clang", "-O2");

    private static void CompareSanitized(NetworkRecipe[] recipes, Target target, params string[] options) => Compare(
        recipes, target, Code.Speed, "gcc", [.. options, .. Sanitized]);

    private static void Compare(NetworkRecipe[] recipes, Target target, Code code, string compiler, params string[] options)
    {
        var networks = recipes.Select(RandomNetworks.Build).ToArray();
        using var program = new NativeProgram(networks, target, code, compiler, options);
        for (int seed = 0; seed < 2; seed++)
        {
            var inputs = networks.Select(network => RandomNetworks.Inputs(network, seed)).ToArray();
            var runs = program.Run(inputs);
            for (int i = 0; i < networks.Length; i++)
                AssertSame(recipes[i], networks[i], inputs[i], runs[i], program.Programs[i], Titles(program, i));
        }
    }

    private static void AssertSame(QuantizedNetwork[] networks, NativeProgram program)
    {
        var inputs = networks.Select(network => RandomNetworks.Inputs(network, 0)).ToArray();
        var runs = program.Run(inputs);
        for (int i = 0; i < networks.Length; i++)
        {
            bool same = IntegerInterpreter.Run(networks[i], inputs[i])[0].AsSpan().SequenceEqual(runs[i].Outputs[0]);
            Assert.True(same, "network " + i + " differs\n" + Titles(program, i));
        }
    }

    private static string Titles(NativeProgram program, int index) =>
        string.Join("\n", program.Programs[index].Steps.Select(step => step.Kernel.Name + ": " + step.Title));

    private static void AssertSame(
        NetworkRecipe recipe, QuantizedNetwork network, byte[][] inputs, NativeRun run, CProgram program, string titles)
    {
        var expected = IntegerInterpreter.Run(network, inputs);
        for (int output = 0; output < expected.Length; output++)
        {
            int index = Enumerable.Range(0, expected[output].Length).FirstOrDefault(i => expected[output][i] != run.Outputs[output][i], -1);
            Assert.True(index < 0, "output " + output + " differs at " + index + "\n" + recipe + "\n" + titles);
        }

        string difference = ArenaUse.Difference(program, run.HighWater);
        Assert.True(difference.Length == 0, difference + "\n" + recipe + "\n" + titles);
    }

    private static NetworkRecipe[] Recipes(int seed, bool mixed) =>
        (mixed ? NetworkRecipe.MixedArbitrary : NetworkRecipe.Arbitrary).Generator.Sample(Batch, new FsCheck.Rnd((ulong)seed, 41), 10);
}
