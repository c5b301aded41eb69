using System.IO;
using System.Linq;
using FsCheck.Fluent;
using QuantMcu.Testing;
using QuantMcu.Testing.Native;
using Xunit;

namespace QuantMcu.Native.Tests;

/// <summary>Emitted C on an emulated Cortex-M4: what it computes and what it costs.</summary>
public class EmulatedTests
{
    /// <summary>Relative; counts of one compiler version are equal, so this is room for others.</summary>
    private const double MostRegression = 0.01;

    private static readonly string CountsFile = Path.Combine(ModelsFolder.Repository, "tests", "Native", "counts", "m4.txt");

    /// <summary>A run throws where the result is not the interpreter's, and where the core faults.</summary>
    [ToolFact("arm-none-eabi-gcc", "qemu-system-arm", "make", "gcc")]
    public void Random_networks_make_the_codes_of_the_interpreter_on_cortex_m4()
    {
        var recipes = NetworkRecipe.MixedArbitrary.Generator.Sample(8, new FsCheck.Rnd(20_261_124, 41), 10);
        Assert.All(recipes, recipe =>
        {
            var network = RandomNetworks.Build(recipe);
            Assert.True(EmulatedRun.Of(network, RandomNetworks.Inputs(network, 1), EmulatedCore.M4).Instructions > 0);
        });
    }

    [ToolFact("arm-none-eabi-gcc", "qemu-system-arm", "make", "gcc")]
    public void Layers_take_no_more_instructions_than_the_counts_that_are_checked_in()
    {
        var known = LayerCounts.Parse(File.ReadLines(CountsFile));
        var worse =
            from layer in LayerSubject.All
            from mix in LayerCounts.Mixes
            let now = LayerCounts.Of(layer, mix, EmulatedCore.M4).Instructions
            let line = LayerCounts.Line(layer, mix, now)
            where now > known[line.Substring(0, line.LastIndexOf(' '))] * (1 + MostRegression)
            select line;
        Assert.Empty(worse);
    }
}
