using System;
using System.Collections.Generic;
using System.Collections.Immutable;
using System.Linq;
using System.Threading;
using QuantMcu.Compiler.Graph;
using QuantMcu.Compiler.Lowering;
using QuantMcu.Compiler.Memory;
using QuantMcu.Compiler.Patching;
using QuantMcu.Compiler.Quantization;
using QuantMcu.Compiler.Quantization.Layers;
using QuantMcu.Compiler.Reference.Integer;

namespace QuantMcu.Compiler.Tests.Memory;

/// <summary>
/// Runs a network inside the arena that a memory plan gives it, packed, as a back end does; layers themselves are the interpreter's. What the plan
/// lets overlap although it is needed comes out as wrong codes.
/// </summary>
internal sealed class ArenaExecutor
{
    private readonly QuantizedNetwork network;
    private readonly NetworkMemoryPlan plan;
    private readonly byte[] arena;
    private readonly byte[][] inputs;
    private readonly byte[][] outputs;

    private ArenaExecutor(QuantizedNetwork network, byte[][] inputs)
    {
        this.network = network;
        this.inputs = inputs;
        plan = NetworkMemory.Plan(network, CancellationToken.None);
        outputs = network.Outputs.Select(port => new byte[network.Tensor(port.Tensor).Elements]).ToArray();
        arena = new byte[plan.TotalBytes];
        new Random(5).NextBytes(arena);
    }

    public static byte[][] Run(QuantizedNetwork network, byte[][] inputs) => new ArenaExecutor(network, inputs).Run();

    private byte[][] Run()
    {
        if (network.Patches is { } stage)
        {
            for (int tile = 0; tile < stage.Grid.Tiles; tile++)
                RunTile(stage, stage.Classes[tile], tile, network.Inputs.Select(port => port.Tensor).ToArray(), imported: false);
        }

        foreach (int input in plan.Imports)
            Write(network.Inputs[input].Tensor, inputs[input]);

        int fused = network.Patches?.Branches.Length ?? 0;
        foreach (var layer in network.Layers)
        {
            if (layer is FusedLayer several)
                RunTiles(several, fused++);
            else
                Write(layer.Output, Execute(network, layer, layer.Inputs.Select(Read)));
        }

        return network.Outputs.Select(port => Read(port.Tensor)).ToArray();
    }

    private static byte[] Execute(QuantizedNetwork network, QuantizedLayer layer, IEnumerable<byte[]> operands)
    {
        var ports = layer.Inputs.Distinct().Where(tensor => network.Tensor(tensor).Constant is null)
            .Select(tensor => new NetworkPort("x", tensor, false, network.Tensor(tensor).Shape)).ToImmutableArray();
        var codes = layer.Inputs.Zip(operands).GroupBy(pair => pair.First).ToDictionary(group => group.Key, group => group.First().Second);
        var one = network with { Layers = [layer], Inputs = ports, Outputs = [new NetworkPort("y", layer.Output, false, new Shape())], Patches = null };
        return IntegerInterpreter.Run(one, ports.Select(port => codes[port.Tensor]).ToArray())[0];
    }

    /// <summary>Where a whole tensor of the network lies, as an image of one row.</summary>
    private Place PlaceOf(int tensor)
    {
        var shape = network.Tensor(tensor).Shape;
        int channels = shape.Rank == 0 ? 1 : shape[shape.Rank - 1], bits = network.Tensor(tensor).Quantizer.Bits;
        int width = shape.Rank == 4 ? shape[2] : shape.Elements / Math.Max(1, channels);
        var storage = plan.Tensors[tensor];
        return storage.Kind switch
        {
            StorageKind.Arena => new Place(arena, plan.Arena.Offsets[storage.Index], width, channels, bits),
            StorageKind.Input => new Place(inputs[storage.Index], 0, width, channels, 8),
            _ => new Place(outputs[storage.Index], 0, width, channels, 8),
        };
    }

    private Region All(int tensor) => network.Tensor(tensor).Shape is { Rank: 4 } shape
        ? new Region(Interval.Whole(shape[0] * shape[1]), Interval.Whole(shape[2]))
        : new Region(Interval.Whole(1), Interval.Whole(network.Tensor(tensor).Elements / Math.Max(1, PlaceOf(tensor).Channels)));

    private byte[] Read(int tensor) => network.Tensor(tensor).Constant ?? PlaceOf(tensor).Read(All(tensor), 0, 0);

    private void Write(int tensor, byte[] codes) => PlaceOf(tensor).Write(All(tensor), 0, 0, codes);

    private void RunTiles(FusedLayer layer, int index)
    {
        for (int tile = 0; tile < layer.Grid.Tiles; tile++)
            RunTile(layer.Stage, index, tile, layer.Inputs, imported: true);
    }

    /// <param name="stage">Or a fused layer as one.</param>
    /// <param name="index">Of the branch, in the plan.</param>
    /// <param name="tile">Row by row.</param>
    /// <param name="sources">The tensors of the network that are the branch's inputs.</param>
    /// <param name="imported">They are where the plan has them; else they are the caller's.</param>
    private void RunTile(PatchStage stage, int index, int tile, IReadOnlyList<int> sources, bool imported)
    {
        int row = tile / stage.Grid.Columns, column = tile % stage.Grid.Columns;
        var memory = plan.Branches[index];
        var branch = memory.Plan.Stage.Network;
        var whole = new Dictionary<int, Place>();
        for (int input = 0; input < sources.Count; input++)
        {
            int tensor = branch.Inputs[input].Tensor;
            whole[tensor] = imported ? PlaceOf(sources[input]) : Whole(branch, tensor, inputs[input]);
            var read = memory.Plan.Read(tensor, row, column);
            if (memory.Tensors[tensor].Kind == BranchTensorKind.Patch)
                Patch(branch, memory, tensor).Write(read, read.Rows.Begin, read.Columns.Begin, whole[tensor].Read(read, 0, 0));
        }

        foreach (var layer in branch.Layers)
        {
            var region = memory.Plan.Computed(layer.Output, row, column);
            byte[] codes = region.IsEmpty ? [] : Compute(branch, memory, layer, region, whole, (row, column));
            if (memory.Tensors[layer.Output].Kind == BranchTensorKind.Split)
                PlaceOf(stage.Output).Write(region, 0, 0, codes);
            else
                Fill(branch, memory, layer.Output, codes, row, column);
        }
    }

    private byte[] Compute(
        QuantizedNetwork branch, BranchMemory memory, QuantizedLayer layer, Region region, Dictionary<int, Place> whole, (int Row, int Column) tile)
    {
        var part = RegionLayer.Create(branch, layer, region);
        var operands = new List<byte[]>();
        for (int i = 0; i < layer.Inputs.Length; i++)
        {
            int tensor = layer.Inputs[i];
            if (part.Inputs[i] is not { } read)
                continue;

            var held = memory.Plan.Held(tensor, tile.Row, tile.Column);
            operands.Add(memory.Tensors[tensor].Kind == BranchTensorKind.Input
                ? whole[tensor].Read(read, 0, 0)
                : Patch(branch, memory, tensor).Read(read, held.Rows.Begin, held.Columns.Begin));
        }

        return IntegerInterpreter.Run(part.Network, operands)[0];
    }

    /// <summary>Caches to patch buffer, computed codes to patch buffer, patch buffer to caches.</summary>
    private void Fill(QuantizedNetwork branch, BranchMemory memory, int tensor, byte[] codes, int row, int column)
    {
        var plans = memory.Plan;
        var held = plans.Held(tensor, row, column);
        var fresh = plans.Computed(tensor, row, column);
        var places = memory.Tensors[tensor];
        var patch = Patch(branch, memory, tensor);
        var rowCache = Cache(branch, tensor, places.RowCache, branch.Tensor(tensor).Shape[2]);
        var columnCache = Cache(branch, tensor, places.ColumnCache, places.ColumnCacheColumns);
        void Copy(Place? from, int fromRow, int fromColumn, Place? to, int toRow, int toColumn, Region region)
        {
            if (!region.IsEmpty)
                to!.Write(region, toRow, toColumn, from!.Read(region, fromRow, fromColumn));
        }

        Interval halo = plans.Columns.Halo(tensor, column), top = plans.Rows.Halo(tensor, row);
        Copy(columnCache, held.Rows.Begin, halo.Begin, patch, held.Rows.Begin, held.Columns.Begin, new Region(held.Rows, halo));
        Copy(rowCache, top.Begin, 0, patch, held.Rows.Begin, held.Columns.Begin, new Region(top, fresh.Columns));
        patch.Write(fresh, held.Rows.Begin, held.Columns.Begin, codes);
        if (row + 1 < plans.Rows.Tiles)
        {
            var below = plans.Rows.Halo(tensor, row + 1);
            Copy(patch, held.Rows.Begin, held.Columns.Begin, rowCache, below.Begin, 0, new Region(below, fresh.Columns));
        }

        if (column + 1 < plans.Columns.Tiles)
        {
            var right = plans.Columns.Halo(tensor, column + 1);
            Copy(patch, held.Rows.Begin, held.Columns.Begin, columnCache, held.Rows.Begin, right.Begin, new Region(held.Rows, right));
        }
    }

    private Place Patch(QuantizedNetwork branch, BranchMemory memory, int tensor) => new(
        arena, plan.Arena.Offsets[memory.Tensors[tensor].Buffer], memory.Tensors[tensor].Columns, branch.Tensor(tensor).Shape[3],
        branch.Tensor(tensor).Quantizer.Bits);

    private Place? Cache(QuantizedNetwork branch, int tensor, int buffer, int pitch) => buffer < 0
        ? null
        : new Place(arena, plan.Arena.Offsets[buffer], pitch, branch.Tensor(tensor).Shape[3], branch.Tensor(tensor).Quantizer.Bits);

    private static Place Whole(QuantizedNetwork branch, int tensor, byte[] codes) =>
        new(codes, 0, branch.Tensor(tensor).Shape[2], branch.Tensor(tensor).Shape[3], 8);

    /// <summary>Pixels in memory: packed, lowest bits first, every pixel on a byte.</summary>
    private sealed record Place(byte[] Memory, int Offset, int Pitch, int Channels, int Bits)
    {
        /// <summary>Codes of a region, where the pixel at <paramref name="row"/>, <paramref name="column"/> comes first in memory.</summary>
        public byte[] Read(Region region, int row, int column) => Pixels(region, row, column)
            .SelectMany(pixel => Enumerable.Range(0, Channels).Select(c => (byte)((Memory[pixel + (c * Bits / 8)] >> (c * Bits % 8)) & Mask))).ToArray();

        public void Write(Region region, int row, int column, byte[] codes)
        {
            int next = 0;
            foreach (int pixel in Pixels(region, row, column))
            {
                for (int c = 0; c < Channels; c++)
                {
                    int at = pixel + (c * Bits / 8), shift = c * Bits % 8;
                    Memory[at] = (byte)((Memory[at] & ~(Mask << shift)) | (codes[next++] << shift));
                }
            }
        }

        private int Mask => (1 << Bits) - 1;

        private IEnumerable<int> Pixels(Region region, int row, int column)
        {
            int size = ((Channels * Bits) + 7) / 8;
            for (int y = region.Rows.Begin; y < region.Rows.End; y++)
            {
                for (int x = region.Columns.Begin; x < region.Columns.End; x++)
                    yield return Offset + ((((y - row) * Pitch) + x - column) * size);
            }
        }
    }
}
