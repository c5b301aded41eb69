using System;
using System.Collections.Immutable;
using System.Globalization;
using System.Threading;
using QuantMcu.Compiler.Memory;
using QuantMcu.Compiler.Quantization.Layers;

namespace QuantMcu.Compiler.Lowering.CSharp;

/// <summary>Several layers computed together, tile by tile: a patch stage between other steps.</summary>
/// <param name="Tiles">What runs for every tile; there is one branch.</param>
/// <param name="Branch">Index of that branch among all of the program's: those of the patch stage come first.</param>
public sealed record FusedStep(string Title, ImmutableArray<Storage> Inputs, Storage Output, PatchProgram Tiles, int Branch)
    : Step(Title, Inputs, Output)
{
    /// <summary>The steps of a tile.</summary>
    public ImmutableArray<TileStep> Steps => Tiles.Branches[0].Steps;

    internal static FusedStep Lower(
        FusedLayer layer,
        LayerContext context,
        NetworkMemoryPlan memory,
        int branch,
        ConstantTable constants,
        Func<LayerContext, Step?> lower,
        CancellationToken cancellation)
    {
        cancellation.ThrowIfCancellationRequested();
        var inputs = context.Inputs;
        var network = layer.Branch.Network;
        var maps = new BranchMaps(network, memory.Branches[branch], input => inputs[input], context.Output, constants);
        var lowered = PatchLowering.Branch(network, maps, lower);
        var stage = layer.Stage;
        return new FusedStep(
            context.Title(network.Layers.Length.ToString(CultureInfo.InvariantCulture) + " layers"), inputs, context.Output,
            new PatchProgram(StepTitle.Map(context.OutputTensor), stage.Grid, stage.Halo, ImmutableArray.Create(lowered), stage.Classes, null), branch);
    }
}
