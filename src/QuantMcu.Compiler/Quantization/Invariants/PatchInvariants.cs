using System.Collections.Immutable;
using System.Linq;
using QuantMcu.Compiler.Diagnostics;
using QuantMcu.Compiler.Patching;
using QuantMcu.Compiler.Quantization.Layers;

namespace QuantMcu.Compiler.Quantization.Invariants;

/// <summary>What every back end may rely on in a patch stage.</summary>
internal static class PatchInvariants
{
    /// <exception cref="ModelException">The stage breaks an invariant (<see cref="QuantizationRules.InconsistentNetwork"/>).</exception>
    public static void Verify(QuantizedNetwork network, PatchStage stage)
    {
        void Require(bool condition, string what) => NetworkInvariants.Require(condition, network.Name, "patch stage", what);

        var split = network.Tensor(stage.Output);
        Require(split.Shape is { Rank: 4 } shape && shape[0] == 1, "the split tensor is no image");
        Require(!stage.Branches.IsEmpty, "it has no branch");
        Require(stage.Halo == Halo.Recompute || stage.Branches.Length == 1, "branches share a cache");
        Require(stage.Classes.Length == stage.Grid.Tiles, "it has " + stage.Classes.Length + " classes for " + stage.Grid.Tiles + " tiles");
        Require(stage.Classes.All(branch => branch >= 0 && branch < stage.Branches.Length), "a class is no branch");
        foreach (var branch in stage.Branches)
        {
            bool ends = NetworkSplitter.HasEnds(branch.Network, network, network.Inputs, stage.Output);
            NetworkInvariants.Require(ends, branch.Network.Name, "patch branch", "its inputs or its output are not the network's");
            VerifyBranch(stage, branch.Network);
        }

        if (stage.Classifier is { } classifier)
        {
            bool image = classifier.Input >= 0 && classifier.Input < network.Inputs.Length
                && network.Tensor(network.Inputs[classifier.Input].Tensor).Shape.Rank == 4;
            Require(image, "the classifier looks at input " + classifier.Input);
            Require(classifier.Low is >= 0 and <= 255 && classifier.High is >= 0 and <= 255, "the classifier's limits are no codes");
        }
    }

    /// <inheritdoc cref="Verify(QuantizedNetwork, PatchStage)"/>
    public static void Verify(QuantizedNetwork network, FusedLayer layer)
    {
        var ports = layer.Inputs.Select(input => new NetworkPort(string.Empty, input, false, network.Tensor(input).Shape)).ToImmutableArray();
        bool ends = NetworkSplitter.HasEnds(layer.Branch.Network, network, ports, layer.Output);
        NetworkInvariants.Require(ends, layer.Name, layer.Operator, "its inputs or its output are not its branch's");
        VerifyBranch(layer.Stage, layer.Branch.Network);
    }

    private static void VerifyBranch(PatchStage stage, QuantizedNetwork branch)
    {
        void Require(bool condition, string what) => NetworkInvariants.Require(condition, branch.Name, "patch branch", what);

        Require(branch.Patches is null, "it has patches itself");
        NetworkInvariants.Verify(branch);
        foreach (var layer in branch.Layers)
            NetworkInvariants.Require(ReceptiveField.CanBePatched(layer, branch), layer.Name, layer.Operator, "it cannot be patched");

        var whole = SplitPoint.EndingAt(branch, branch.Outputs[0].Tensor);
        Require(whole is not null && whole.Layers.Length == branch.Layers.Length, "its layers do not all lead to the split tensor");
        Require(NetworkSplitter.Fits(stage.Grid, whole!, stage.Halo), "its grid has " + stage.Grid + " tiles");
    }
}
