using System;
using System.Collections.Generic;
using System.Collections.Immutable;
using System.Linq;
using System.Threading;
using QuantMcu.Compiler.Patching;
using QuantMcu.Compiler.Quantization;

namespace QuantMcu.Compiler.Reference.Integer;

/// <summary>
/// The oracle of patch-based inference: runs the patch stage tile by tile, then the tail. It keeps every feature map whole and remembers which
/// pixels have been computed, so a plan that reads a pixel before it exists is found out, not papered over.
/// </summary>
public sealed class PatchInterpreter
{
    private readonly PatchPlan plan;
    private readonly QuantizedNetwork network;
    private readonly Dictionary<int, byte[]> maps = new();
    private readonly Dictionary<int, bool[]> present = new();

    private PatchInterpreter(PatchPlan plan)
    {
        this.plan = plan;
        network = plan.Stage.Network;
    }

    /// <summary>Codes of the network's outputs.</summary>
    /// <exception cref="InvalidOperationException">The plan reads what no tile has computed.</exception>
    public static byte[][] Run(PatchPlan plan, IReadOnlyList<byte[]> inputCodes, CancellationToken cancellation = default) =>
        new PatchInterpreter(plan).Run(inputCodes, cancellation);

    private byte[][] Run(IReadOnlyList<byte[]> inputCodes, CancellationToken cancellation)
    {
        for (int i = 0; i < inputCodes.Count; i++)
            Add(network.Inputs[i].Tensor, inputCodes[i], true);

        for (int row = 0; row < plan.Rows.Tiles; row++)
        {
            for (int column = 0; column < plan.Columns.Tiles; column++)
            {
                if (plan.Halo == Halo.Recompute)
                    ForgetAllButSplit();

                RunTile(row, column, cancellation);
            }
        }

        int split = plan.Stage.Split;
        if (present[split].Any(pixel => !pixel))
            throw new InvalidOperationException("The tiles do not cover the split tensor.");

        var tail = network with
        {
            Layers = plan.Stage.Tail.Select(index => network.Layers[index]).ToImmutableArray(),
            Inputs = network.Inputs.Add(new NetworkPort("split", split, false, network.Tensor(split).Shape)),
        };
        return IntegerInterpreter.Run(tail, inputCodes.Append(maps[split]).ToArray(), cancellation);
    }

    private void RunTile(int row, int column, CancellationToken cancellation)
    {
        foreach (int index in plan.Stage.Layers)
        {
            var layer = network.Layers[index];
            var region = plan.Computed(layer.Output, row, column);
            if (region.Pixels == 0)
                continue;

            var part = RegionLayer.Create(network, layer, region);
            var operands = layer.Inputs.Select((tensor, input) => part.Inputs[input] is { } read ? Read(tensor, read) : null).OfType<byte[]>().ToArray();
            Write(layer.Output, region, IntegerInterpreter.Run(part.Network, operands, cancellation)[0]);
        }
    }

    private void Add(int tensor, byte[] codes, bool computed)
    {
        var shape = network.Tensor(tensor).Shape;
        maps[tensor] = codes;
        present[tensor] = Enumerable.Repeat(computed, shape[1] * shape[2]).ToArray();
    }

    private void ForgetAllButSplit()
    {
        foreach (int index in plan.Stage.Layers)
        {
            int tensor = network.Layers[index].Output;
            if (tensor != plan.Stage.Split && present.TryGetValue(tensor, out var pixels))
                Array.Clear(pixels, 0, pixels.Length);
        }
    }

    private byte[] Read(int tensor, Region region)
    {
        var codes = new List<byte>();
        ForEachRow(tensor, region, (pixel, channels) =>
        {
            for (int x = 0; x < region.Columns.Length; x++)
            {
                if (!present[tensor][pixel + x])
                    throw new InvalidOperationException("Pixel " + (pixel + x) + " of " + network.Tensor(tensor).Name + " is read before it is computed.");
            }

            codes.AddRange(new ArraySegment<byte>(maps[tensor], pixel * channels, region.Columns.Length * channels));
        });
        return codes.ToArray();
    }

    private void Write(int tensor, Region region, byte[] codes)
    {
        if (!maps.ContainsKey(tensor))
            Add(tensor, new byte[network.Tensor(tensor).Elements], false);

        int next = 0;
        ForEachRow(tensor, region, (pixel, channels) =>
        {
            int length = region.Columns.Length * channels;
            Array.Copy(codes, next, maps[tensor], pixel * channels, length);
            next += length;
            for (int x = 0; x < region.Columns.Length; x++)
                present[tensor][pixel + x] = true;
        });
    }

    private void ForEachRow(int tensor, Region region, Action<int, int> visit)
    {
        var shape = network.Tensor(tensor).Shape;
        for (int y = region.Rows.Begin; y < region.Rows.End; y++)
            visit((y * shape[2]) + region.Columns.Begin, shape[3]);
    }
}
