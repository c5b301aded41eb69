using System;
using System.Collections.Generic;
using System.Linq;
using FsCheck.Fluent;
using QuantMcu.Compiler.Quantization;
using QuantMcu.Compiler.Quantization.Invariants;
using QuantMcu.Compiler.Reference.Integer;
using QuantMcu.Testing;
using Xunit;

namespace QuantMcu.Compiler.Tests.Emit;

/// <summary>Emitted C# against the integer interpreter.</summary>
public class EmittedCodeTests
{
    private const int Batch = 50;

    public static TheoryData<int> Batches => new(Enumerable.Range(0, 6));

    [Theory]
    [MemberData(nameof(Batches))]
    public void Emitted_code_equals_the_interpreter_on_random_networks(int batch)
    {
        Verify(NetworkRecipe.Arbitrary, batch);
    }

    [Theory]
    [MemberData(nameof(Batches))]
    public void Emitted_code_equals_the_interpreter_on_random_networks_of_mixed_precision(int batch)
    {
        Verify(NetworkRecipe.MixedArbitrary, batch);
    }

    private static void Verify(FsCheck.Arbitrary<NetworkRecipe> networksOfAKind, int batch)
    {
        var recipes = networksOfAKind.Generator.Sample(6 * Batch, new FsCheck.Rnd(20_240_501, 77), 10).Skip(batch * Batch)
            .Take(Batch).ToArray();
        var networks = recipes.Select(RandomNetworks.Build).ToArray();
        var hosted = CSharpHost.Load(networks);
        for (int i = 0; i < networks.Length; i++)
        {
            if (Difference(networks[i], hosted[i]) is { } difference)
                Assert.Fail(difference + "; of a smaller network: " + Describe(Shrink(recipes[i])));
        }
    }

    [Fact]
    public void Windows_larger_than_the_room_on_the_stack_give_the_same_codes()
    {
        var network = SmallNetworks.ConvolutionWithVastWindows();
        NetworkInvariants.Verify(network);

        Assert.Null(Difference(network, CSharpHost.Load(network)[0]));
        Assert.True(IntegerInterpreter.Run(network, RandomNetworks.Inputs(network, 0))[0].Distinct().Count() > 4);
    }

    private static string? Difference(QuantizedNetwork network, HostedNetwork hosted)
    {
        for (int seed = 0; seed < 2; seed++)
        {
            var inputs = RandomNetworks.Inputs(network, seed);
            var expected = IntegerInterpreter.Run(network, inputs);
            var actual = hosted.Run(inputs);
            for (int output = 0; output < expected.Length; output++)
            {
                int index = Enumerable.Range(0, expected[output].Length)
                    .FirstOrDefault(i => expected[output][i] != actual[output][i], -1);
                if (index >= 0)
                    return "output " + output + " [" + index + "]: " + actual[output][index] + ", not " + expected[output][index];
            }

            int highWater = hosted.HighWater(inputs);
            if (highWater != hosted.Program.ArenaBytes)
                return "high water " + highWater + ", not " + hosted.Program.ArenaBytes;
        }

        long allocated = hosted.AllocatedBytes(RandomNetworks.Inputs(network, 0));
        return allocated == 0 ? null : "allocates " + allocated + " bytes";
    }

    private static string? Difference(NetworkRecipe recipe)
    {
        var network = RandomNetworks.Build(recipe);
        return Difference(network, CSharpHost.Load(network)[0]);
    }

    private static NetworkRecipe Shrink(NetworkRecipe recipe)
    {
        while (NetworkRecipe.Arbitrary.Shrinker(recipe).FirstOrDefault(smaller => Difference(smaller) is not null) is { } smaller)
            recipe = smaller;

        return recipe;
    }

    private static string Describe(NetworkRecipe recipe)
    {
        var steps = CSharpHost.Load(RandomNetworks.Build(recipe))[0].Program.Steps;
        return Difference(recipe) + "\n" + recipe + "\n" + string.Join("\n", steps.Select(step => step.Title));
    }
}
