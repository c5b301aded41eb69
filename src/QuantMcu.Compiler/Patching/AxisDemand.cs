using System;
using System.Linq;

namespace QuantMcu.Compiler.Patching;

/// <summary>How much of every tensor of a stage is needed, along one axis, for the split tensor up to a position.</summary>
internal sealed class AxisDemand
{
    /// <summary>No network is that deep; it bounds the work for one that pretends to be.</summary>
    private const int MostLead = 1000;

    /// <summary>Far enough before any image; it keeps products with strides inside int32.</summary>
    private const int Nowhere = -30_000;

    private readonly SplitPoint stage;
    private readonly int axis;

    public AxisDemand(SplitPoint stage, int axis)
    {
        this.stage = stage;
        this.axis = axis;
        while (Lead < MostLead && IsAnythingNeeded(At(-Lead)))
            Lead++;
    }

    /// <summary>
    /// Rows by which tiles run ahead of the split tensor, as if it began with so many rows more: by the first of them nothing is needed of any tensor.
    /// </summary>
    public int Lead { get; private set; }

    /// <summary>
    /// Where the rows end, by tensor, that are needed for the rows of the split tensor up to <paramref name="end"/>; negative where none are. Before
    /// its first row the split tensor is thought to go on.
    /// </summary>
    public int[] At(int end)
    {
        var ends = Enumerable.Repeat(Nowhere, stage.Network.Tensors.Length).ToArray();
        ends[stage.Split] = end;
        foreach (int index in stage.Layers.Reverse())
        {
            var layer = stage.Network.Layers[index];
            for (int input = 0; input < layer.Inputs.Length; input++)
            {
                int tensor = layer.Inputs[input];
                if (stage.Network.Tensor(tensor) is not { Constant: null, Shape: var shape })
                    continue;

                int needed = ReceptiveField.EndOf(layer, stage.Network, input, axis, ends[layer.Output]);
                ends[tensor] = Math.Max(ends[tensor], Math.Min(needed, shape[axis + 1]));
            }
        }

        return ends;
    }

    private bool IsAnythingNeeded(int[] ends) => stage.Layers.Any(layer => ends[stage.Network.Layers[layer].Output] > 0);
}
