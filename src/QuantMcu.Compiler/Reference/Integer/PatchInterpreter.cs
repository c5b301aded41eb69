using System;
using System.Collections.Generic;
using System.Collections.Immutable;
using System.Linq;
using System.Threading;
using QuantMcu.Compiler.Patching;
using QuantMcu.Compiler.Quantization;

namespace QuantMcu.Compiler.Reference.Integer;

/// <summary>What a patch stage computed.</summary>
/// <param name="Codes">Codes of the split tensor.</param>
/// <param name="Branches">The branch that computed each tile, row by row.</param>
public sealed record PatchRun(byte[] Codes, ImmutableArray<int> Branches);

/// <summary>
/// The oracle of patch-based inference: runs a patch stage tile by tile, every layer by its own formula on the region that the plan gives it.
/// What a tile reads must be in its patch buffers or caches, which are kept as a program keeps them: a plan that drops a pixel too early, or
/// reads one before it exists, is found out, not papered over.
/// </summary>
public sealed class PatchInterpreter
{
    private readonly PatchStage stage;
    private readonly IReadOnlyList<byte[]> inputCodes;
    private readonly CancellationToken cancellation;
    private readonly BranchState[] branches;
    private readonly PatchMap split;

    private PatchInterpreter(PatchStage stage, IReadOnlyList<byte[]> inputCodes, CancellationToken cancellation)
    {
        this.stage = stage;
        this.inputCodes = inputCodes;
        this.cancellation = cancellation;
        split = new PatchMap(SplitTensor);
        branches = stage.Branches.Select(branch => new BranchState(branch, stage, inputCodes, split)).ToArray();
    }

    /// <summary>Runs the patch stage of a network.</summary>
    /// <param name="network">A network with patches.</param>
    /// <param name="inputCodes">As <see cref="IntegerInterpreter.RunAll"/> takes them.</param>
    /// <param name="cancellation">Looked at for every row that a layer computes.</param>
    /// <exception cref="InvalidOperationException">A tile reads what is not there, or the tiles do not cover the split tensor.</exception>
    public static PatchRun Run(QuantizedNetwork network, IReadOnlyList<byte[]> inputCodes, CancellationToken cancellation = default)
    {
        var stage = network.Patches ?? throw new ArgumentException("The network has no patch stage.", nameof(network));
        return Run(stage, inputCodes, cancellation);
    }

    /// <summary>Runs a patch stage on its inputs.</summary>
    internal static PatchRun Run(PatchStage stage, IReadOnlyList<byte[]> inputCodes, CancellationToken cancellation) =>
        new PatchInterpreter(stage, inputCodes, cancellation).Run();

    /// <summary>As the branches know it: all alike.</summary>
    private QuantizedTensor SplitTensor => stage.Branches[0].Network.Tensor(stage.Branches[0].Network.Outputs[0].Tensor);

    private PatchRun Run()
    {
        var taken = ImmutableArray.CreateBuilder<int>();
        for (int row = 0; row < stage.Grid.Rows; row++)
        {
            for (int column = 0; column < stage.Grid.Columns; column++)
            {
                int branch = HasOutlier(row, column) ? 0 : stage.Classes[taken.Count];
                branches[branch].RunTile(row, column, cancellation);
                taken.Add(branch);
            }
        }

        return new PatchRun(split.Read(Region.Whole(SplitTensor.Shape)), taken.ToImmutable());
    }

    /// <summary>The regions of all branches are alike: they have the same layers.</summary>
    private bool HasOutlier(int row, int column)
    {
        if (stage.Classifier is not { } classifier)
            return false;

        var branch = branches[0];
        int tensor = branch.Network.Inputs[classifier.Input].Tensor;
        var input = PatchMap.Of(branch.Network.Tensor(tensor), inputCodes[classifier.Input]);
        return input.Read(branch.Plan.Read(tensor, row, column)).Any(code => code < classifier.Low || code > classifier.High);
    }

    /// <summary>The feature maps of one branch, from tile to tile.</summary>
    private sealed class BranchState
    {
        private readonly Dictionary<int, PatchMap> inputs = new();
        private readonly Dictionary<int, PatchBuffer> buffers = new();
        private readonly PatchMap split;

        public BranchState(PatchBranch branch, PatchStage stage, IReadOnlyList<byte[]> inputCodes, PatchMap split)
        {
            Network = branch.Network;
            Plan = branch.Plan(stage.Grid, stage.Halo);
            this.split = split;
            for (int i = 0; i < inputCodes.Count; i++)
                inputs[Network.Inputs[i].Tensor] = PatchMap.Of(Network.Tensor(Network.Inputs[i].Tensor), inputCodes[i]);

            foreach (var layer in Network.Layers.Where(layer => layer.Output != Plan.Stage.Split))
                buffers[layer.Output] = new PatchBuffer(Network.Tensor(layer.Output), layer.Output, Plan);
        }

        public QuantizedNetwork Network { get; }

        public PatchPlan Plan { get; }

        public void RunTile(int row, int column, CancellationToken cancellation)
        {
            foreach (var layer in Network.Layers)
            {
                var region = Plan.Computed(layer.Output, row, column);
                byte[] codes = [];
                if (!region.IsEmpty)
                {
                    var part = RegionLayer.Create(Network, layer, region);
                    var operands = layer.Inputs.Select((tensor, input) => part.Inputs[input] is { } read ? Read(tensor, read) : null);
                    codes = IntegerInterpreter.Run(part.Network, operands.OfType<byte[]>().ToArray(), cancellation)[0];
                }

                if (layer.Output == Plan.Stage.Split)
                    split.Write(region, codes);
                else
                    buffers[layer.Output].Fill(codes, row, column);
            }
        }

        private byte[] Read(int tensor, Region region) =>
            inputs.TryGetValue(tensor, out var input) ? input.Read(region) : buffers[tensor].Read(region);
    }
}
