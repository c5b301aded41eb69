using System;
using System.Collections.Immutable;
using System.Linq;
using System.Threading;
using QuantMcu.Compiler.Memory;
using QuantMcu.Compiler.Patching;
using QuantMcu.Compiler.Quantization;

namespace QuantMcu.Compiler.Lowering.CSharp;

/// <summary>Turns a patch stage into the steps of a tile and the extents by which tiles differ.</summary>
internal static class PatchLowering
{
    public static PatchProgram Lower(
        QuantizedNetwork network,
        NetworkMemoryPlan memory,
        ConstantTable constants,
        Func<LayerContext, Step?> lower,
        CancellationToken cancellation)
    {
        var stage = network.Patches!;
        var branches = stage.Branches.Select((branch, i) =>
        {
            cancellation.ThrowIfCancellationRequested();
            var split = memory.Tensors[stage.Output];
            var maps = new BranchMaps(branch.Network, memory.Branches[i], input => new Storage(StorageKind.Input, input), split, constants);
            return Branch(branch.Network, maps, lower);
        });
        string title = StepTitle.Map(network.Tensor(stage.Output));
        return new PatchProgram(title, stage.Grid, stage.Halo, branches.ToImmutableArray(), stage.Classes, Outliers(network, stage, memory));
    }

    internal static OutlierTest? Outliers(QuantizedNetwork network, PatchStage stage, NetworkMemoryPlan memory)
    {
        if (stage.Classifier is not { } classifier)
            return null;

        var port = network.Inputs[classifier.Input];
        var shape = network.Tensor(port.Tensor).Shape;
        var plan = memory.Branches[0].Plan;
        int tensor = stage.Branches[0].Network.Inputs[classifier.Input].Tensor;
        return new OutlierTest(
            classifier.Input, port.Signed, classifier.Low, classifier.High, shape[2] * shape[3], shape[3],
            BranchMaps.Reads(plan.Rows, tensor), BranchMaps.Reads(plan.Columns, tensor));
    }

    /// <summary>Lowers one branch, of a patch stage or of a fused layer.</summary>
    internal static BranchProgram Branch(QuantizedNetwork network, BranchMaps maps, Func<LayerContext, Step?> lower)
    {
        var steps = ImmutableArray.CreateBuilder<TileStep>();
        for (int input = 0; input < network.Inputs.Length; input++)
        {
            int tensor = network.Inputs[input].Tensor;
            if (maps.IsPatch(tensor))
            {
                var import = OffsetStep.ImportRegion(network, input, maps.PlaceOf(tensor), maps.PitchOf(tensor));
                steps.Add(new TileStep(import, [-1], maps.IndexOf(tensor)));
            }
        }

        foreach (var layer in network.Layers)
        {
            var step = new LayerContext(network, maps.PlaceOf, layer, lower, maps.PitchOf).Step()
                ?? throw new NotSupportedException("No regions of " + layer.GetType().Name + ".");
            steps.Add(new TileStep(step, layer.Inputs.Select(maps.IndexOf).ToImmutableArray(), maps.IndexOf(layer.Output)));
        }

        return new BranchProgram(maps.All, steps.ToImmutable());
    }
}
