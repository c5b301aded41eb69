using System;
using System.Collections.Immutable;
using System.Globalization;
using System.Linq;
using System.Threading;
using QuantMcu.Compiler.Lowering.CSharp;
using QuantMcu.Compiler.Memory;
using QuantMcu.Compiler.Patching;
using QuantMcu.Compiler.Quantization;
using QuantMcu.Compiler.Quantization.Layers;

namespace QuantMcu.Compiler.Lowering.C;

/// <summary>Turns patch stages and fused layers into the calls of a tile and the extents by which tiles differ.</summary>
internal sealed class CTileLowering(
    QuantizedNetwork network, NetworkMemoryPlan memory, ConstantTable constants, Target target, Code code, int? ram, CancellationToken cancellation)
{
    /// <summary>The patch stage of the network.</summary>
    public CTiles Stage(PatchStage stage)
    {
        var branches = stage.Branches.Select((branch, i) =>
            Branch(branch, i, input => new Storage(StorageKind.Input, input), memory.Tensors[stage.Output])).ToImmutableArray();
        return new CTiles(
            Title("Patch stage", stage), stage.Grid, branches, stage.Classes, PatchLowering.Outliers(network, stage, memory), 0) { Counts = true };
    }

    /// <summary>A fused layer.</summary>
    /// <param name="layer">The layer.</param>
    /// <param name="places">Where the network's tensors are.</param>
    /// <param name="branch">Index of its branch among those of the memory plan.</param>
    public CTiles Fused(FusedLayer layer, Func<int, Storage> places, int branch)
    {
        var lowered = Branch(layer.Branch, branch, input => places(layer.Inputs[input]), places(layer.Output));
        string what = layer.Branch.Network.Layers.Length.ToString(CultureInfo.InvariantCulture) + " layers together";
        return new CTiles(Title(what, layer.Stage), layer.Grid, [lowered], layer.Stage.Classes, null, branch);
    }

    private CBranch Branch(PatchBranch branch, int index, Func<int, Storage> inputs, Storage split)
    {
        cancellation.ThrowIfCancellationRequested();
        var part = branch.Network;
        var maps = new BranchMaps(part, memory.Branches[index], inputs, split, constants);
        var imports = Enumerable.Range(0, part.Inputs.Length).Where(input => maps.IsPatch(part.Inputs[input].Tensor))
            .Select(input => new CTileStep(PortLowering.ImportRegion(part, input, maps), maps.IndexOf(part.Inputs[input].Tensor)));
        var layers = part.Layers.Select((layer, i) =>
        {
            int place = memory.StepOf(index, i);
            var context = new CContext(part, maps.PlaceOf, layer, target, code, maps)
            {
                RoomBytes = place < 0 || ram is null ? null : SpareRoom.At(memory.Arena, place, ram.Value),
            };
            var step = CLowering.Lower(layer, context);
            return new CTileStep(step with { MemoryStep = place }, maps.IndexOf(layer.Output));
        });
        return new CBranch(maps.All, [.. imports, .. layers]);
    }

    private string Title(string what, PatchStage stage)
    {
        string halo = stage.Grid.Tiles == 1 ? "" : stage.Halo == Halo.Cache ? ", halos kept for the next tile" : ", halos computed again";
        return what + ": " + stage.Grid + " tiles of " + StepTitle.Map(network.Tensor(stage.Output)) + halo;
    }
}
