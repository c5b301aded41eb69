using System.Collections.Immutable;
using System.Linq;
using QuantMcu.Compiler.Patching;

namespace QuantMcu.Compiler.Quantization.Layers;

/// <summary>
/// Several layers computed together, tile by tile, so that the maps between them are never whole: a patch stage inside a network. Codes are those
/// of the layers one by one.
/// </summary>
/// <param name="Inputs">Tensors of the network, in the order of the branch's inputs, with the same shapes and quantizers.</param>
/// <param name="Output">The branch's output, stored whole.</param>
/// <param name="Grid">How the output is cut.</param>
/// <param name="Halo">What becomes of the pixels that tiles share.</param>
/// <param name="Branch">The layers. No input of it is signed.</param>
public sealed record FusedLayer(string Name, ImmutableArray<int> Inputs, int Output, PatchGrid Grid, Halo Halo, PatchBranch Branch)
    : QuantizedLayer(Name, Inputs, Output)
{
    public override string Operator => "Fused";

    /// <summary>Multiply-accumulates of all tiles.</summary>
    public override long Macs(QuantizedNetwork network) => Branch.Plan(Grid, Halo).ExecutedMacs;

    public override int FlashBytes => Branch.Network.Layers.Sum(layer => layer.FlashBytes);

    /// <summary>The stage that the layer is.</summary>
    public PatchStage Stage => new(
        Output, Grid, Halo, ImmutableArray.Create(Branch), Enumerable.Repeat(0, Grid.Tiles).ToImmutableArray());
}
