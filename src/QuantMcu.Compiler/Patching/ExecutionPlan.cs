using System.Collections.Immutable;
using System.Linq;
using QuantMcu.Compiler.Quantization;

namespace QuantMcu.Compiler.Patching;

/// <summary>
/// How a network is executed where its maps are too large to be whole: all that changes memory and leaves codes as they are. Layers and tensors are
/// those of the network that it was made for.
/// </summary>
/// <param name="Stage">What runs patch by patch before all else; null: nothing, or what the network itself says.</param>
/// <param name="Fusions">Layers that run together behind it, in order, without overlap.</param>
/// <param name="Slices">Convolutions some channels of which are computed after others.</param>
public sealed record ExecutionPlan(PatchPlan? Stage, ImmutableArray<PlannedFusion> Fusions, ImmutableArray<ChannelSlices> Slices)
{
    /// <summary>Every layer for itself, all of it at once.</summary>
    public static readonly ExecutionPlan LayerByLayer =
        new(null, ImmutableArray<PlannedFusion>.Empty, ImmutableArray<ChannelSlices>.Empty);

    public bool IsLayerByLayer => Stage is null && Fusions.IsEmpty && Slices.IsEmpty;

    /// <summary>The network executed so; it computes the same codes.</summary>
    public QuantizedNetwork Apply(QuantizedNetwork network)
    {
        network = LayerFusion.Fuse(network, Fusions.Select(fusion => (fusion.Layers, fusion.Plan.Grid, fusion.Plan.Halo)));
        network = ChannelSlicing.Apply(network, Slices);
        return Stage is null
            ? NetworkSplitter.Compact(network)
            : NetworkSplitter.Split(SplitPoint.EndingAt(network, Stage.Stage.Split)!, Stage.Grid, Stage.Halo);
    }
}

/// <summary>Layers that are fused, and how their output is cut: a plan for <see cref="LayerFusion.Stage"/>.</summary>
public sealed record PlannedFusion(LayerFusion Layers, PatchPlan Plan);

/// <summary>A convolution that computes some channels after others.</summary>
/// <param name="Tensor">Index of its output.</param>
/// <param name="Channels">Of a slice.</param>
public sealed record ChannelSlices(int Tensor, int Channels);
