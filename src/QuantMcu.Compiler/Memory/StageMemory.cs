using System;
using System.Collections.Immutable;
using System.Linq;
using QuantMcu.Compiler.Patching;
using QuantMcu.Compiler.Quantization;
using QuantMcu.Compiler.Quantization.Layers;

namespace QuantMcu.Compiler.Memory;

/// <summary>The buffers of one branch of a patch stage, and the steps of one of its tiles.</summary>
internal sealed class StageMemory
{
    private readonly MemoryPart part;
    private readonly PatchPlan plan;
    private readonly int branch;
    private readonly MemoryTimeline timeline;
    private readonly BranchTensorMemory[] tensors;

    private StageMemory(MemoryPart part, PatchPlan plan, int branch, MemoryTimeline timeline)
    {
        this.part = part;
        this.plan = plan;
        this.branch = branch;
        this.timeline = timeline;
        tensors = new BranchTensorMemory[part.Network.Tensors.Length];
    }

    /// <summary>Adds a branch to a timeline.</summary>
    /// <param name="part">The layers of the branch.</param>
    /// <param name="plan">Its tiles.</param>
    /// <param name="branch">Its index.</param>
    /// <param name="timeline">Gains the steps of one tile.</param>
    public static BranchMemory Add(MemoryPart part, PatchPlan plan, int branch, MemoryTimeline timeline)
    {
        var memory = new StageMemory(part, plan, branch, timeline);
        memory.PlaceInputs();
        foreach (var layer in part.InOrder)
            memory.tensors[layer.Output] = memory.Place(layer.Output);

        memory.PlaceOthers();
        memory.AddSteps();
        return new BranchMemory(plan, memory.tensors.ToImmutableArray());
    }

    private void PlaceInputs()
    {
        foreach (var port in part.Network.Inputs.Where(port => IsRead(port.Tensor)))
        {
            tensors[port.Tensor] = port.Signed
                ? Patch(port.Tensor)
                : new BranchTensorMemory(BranchTensorKind.Input, -1, 0, 0, part.PixelBytes(port.Tensor));
        }
    }

    private void PlaceOthers()
    {
        for (int tensor = 0; tensor < tensors.Length; tensor++)
        {
            var kind = part.Network.Tensor(tensor).Constant is not null ? BranchTensorKind.Constant : BranchTensorKind.None;
            tensors[tensor] ??= new BranchTensorMemory(kind, -1, 0, 0, 0);
        }
    }

    private bool IsRead(int tensor) => part.InOrder.Any(layer => layer.Inputs.Contains(tensor));

    private BranchTensorMemory Place(int tensor)
    {
        if (tensor == plan.Stage.Split)
            return new BranchTensorMemory(BranchTensorKind.Split, -1, 0, 0, part.PixelBytes(tensor));

        var memory = Patch(tensor);
        int rows = plan.Rows.MostHalo(tensor), columns = plan.Columns.MostHalo(tensor);
        int width = part.Network.Tensor(tensor).Shape[2];
        return memory with
        {
            RowCache = Cache(tensor, "rows", rows, width),
            RowCacheRows = rows,
            ColumnCache = Cache(tensor, "columns", memory.Rows, columns),
            ColumnCacheColumns = columns,
        };
    }

    private BranchTensorMemory Patch(int tensor)
    {
        int rows = plan.Rows.MostHeld(tensor), columns = plan.Columns.MostHeld(tensor), pixel = part.PixelBytes(tensor);
        int buffer = timeline.Buffer(NameOf(tensor), checked(rows * columns * pixel));
        return new BranchTensorMemory(BranchTensorKind.Patch, buffer, rows, columns, pixel);
    }

    private int Cache(int tensor, string what, int rows, int columns) => rows * columns == 0
        ? -1
        : timeline.Buffer(NameOf(tensor) + " (cached " + what + ")", checked(rows * columns * part.PixelBytes(tensor)));

    private string NameOf(int tensor) => part.Network.Tensor(tensor).Name;

    private void AddSteps()
    {
        int first = timeline.Now;
        for (int input = 0; input < part.Network.Inputs.Length; input++)
        {
            var port = part.Network.Inputs[input];
            if (tensors[port.Tensor].Kind == BranchTensorKind.Patch)
                timeline.Use(tensors[port.Tensor].Buffer, timeline.Step(branch, -1, port.Name));
        }

        foreach (int index in part.Layers)
            AddStep(index);

        // Caches hand over from tile to tile.
        foreach (int cache in tensors.SelectMany(tensor => new[] { tensor.RowCache, tensor.ColumnCache }).Where(cache => cache >= 0))
        {
            timeline.Use(cache, first);
            timeline.Use(cache, timeline.Now - 1);
        }
    }

    private void AddStep(int index)
    {
        var layer = part.Network.Layers[index];
        int step = timeline.Step(branch, index, layer.Name);
        foreach (int tensor in layer.Inputs.Add(layer.Output))
        {
            if (tensors[tensor].Buffer >= 0)
                timeline.Use(tensors[tensor].Buffer, step);
        }

        foreach (int position in InPlace.Operands(layer, part))
        {
            if (SameRegions(layer.Inputs[position], layer.Output))
                timeline.Allow(tensors[layer.Inputs[position]].Buffer, tensors[layer.Output].Buffer);
        }
    }

    /// <summary>Whether both are patch buffers in which every tile has the same pixels in the same places.</summary>
    private bool SameRegions(int a, int b) =>
        tensors[a].Buffer >= 0 && tensors[b].Buffer >= 0 && SameIntervals(plan.Rows, a, b) && SameIntervals(plan.Columns, a, b);

    private static bool SameIntervals(AxisPlan axis, int a, int b) =>
        Enumerable.Range(0, axis.Tiles).All(tile => axis.Held(a, tile) == axis.Held(b, tile));
}
