using System.Collections.Immutable;
using QuantMcu.Compiler.Diagnostics;
using QuantMcu.Compiler.Lowering.CSharp;
using QuantMcu.Compiler.Memory;
using QuantMcu.Compiler.Quantization;
using QuantMcu.Testing;
using Xunit;

namespace QuantMcu.Compiler.Tests.Memory;

public class BudgetsTests
{
    private static readonly ArenaPlan Plan = ArenaPlanner.Plan(
        [new ArenaBuffer("image", 1000, 0, 1), new ArenaBuffer("features", 500, 1, 2)], ImmutableArray<InPlacePair>.Empty, 4,
            default);

    private static readonly string[] Steps = ["Conv", "Pool", "Add"];

    [Fact]
    public void CheckRam_names_the_peak_the_miss_and_the_budget_that_works()
    {
        var error = Assert.Throws<ModelException>(() => Budgets.CheckRam(Plan, 1200, Steps));

        Assert.Equal("QMCU4001", error.Diagnostic.Id);
        Assert.Contains("1500 bytes, 300 more than Ram = 1200", error.Diagnostic.Message);
        Assert.Contains("step 1 (Pool)", error.Diagnostic.Message);
        Assert.Contains("'image' (1000 bytes), 'features' (500 bytes)", error.Diagnostic.Message);
        Assert.Contains("smallest budget that works is Ram = 1500", error.Diagnostic.Message);
    }

    [Theory]
    [InlineData(null)]
    [InlineData(1500)]
    public void CheckRam_accepts_a_budget_that_holds_the_arena(int? budget) => Budgets.CheckRam(Plan, budget, Steps);

    [Fact]
    public void CheckFlash_names_the_largest_layers_and_the_budget_that_works()
    {
        QuantizedNetwork network = RandomNetworks.Build(new NetworkRecipe(1, [2, 3, 4, 5, 6, 7, 8, 9]));
        int bytes = CSharpLowering.Lower(network, default).WeightBytes;

        var error = Assert.Throws<ModelException>(() => Budgets.CheckFlash(network, bytes, bytes - 1));
        Budgets.CheckFlash(network, bytes, bytes);

        Assert.Equal("QMCU4002", error.Diagnostic.Id);
        Assert.Contains(bytes + " bytes, 1 more than Flash = " + (bytes - 1), error.Diagnostic.Message);
    }
}
