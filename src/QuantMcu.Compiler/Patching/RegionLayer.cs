using System;
using System.Collections.Immutable;
using System.Linq;
using QuantMcu.Compiler.Graph;
using QuantMcu.Compiler.Graph.Operators;
using QuantMcu.Compiler.Quantization;
using QuantMcu.Compiler.Quantization.Layers;

namespace QuantMcu.Compiler.Patching;

/// <summary>
/// A layer cut down to a region of its output: the same arithmetic on smaller images. Padding remains only where the region touches the border
/// of the real image, so the codes are those of the whole layer.
/// </summary>
public sealed class RegionLayer
{
    private RegionLayer(QuantizedNetwork network, ImmutableArray<Region?> inputs)
    {
        Network = network;
        Inputs = inputs;
    }

    /// <summary>A network of this one layer. Its inputs are the layer's operands that are not constant, cut to <see cref="Inputs"/>.</summary>
    public QuantizedNetwork Network { get; }

    /// <summary>The region that each operand is cut to; null for a constant.</summary>
    public ImmutableArray<Region?> Inputs { get; }

    /// <summary>Cuts a layer of a network (one that <see cref="ReceptiveField.CanBePatched"/>) to a region of its output, which must not be empty.</summary>
    public static RegionLayer Create(QuantizedNetwork network, QuantizedLayer layer, Region output)
    {
        var regions = layer.Inputs.Select((tensor, input) => network.Tensor(tensor).Constant is null
            ? new Region(Read(network, layer, input, 0, output.Rows), Read(network, layer, input, 1, output.Columns))
            : (Region?)null).ToImmutableArray();

        var tensors = layer.Inputs.Select((tensor, input) => regions[input] is { } region ? Crop(network.Tensor(tensor), region) : network.Tensor(tensor))
            .Append(Crop(network.Tensor(layer.Output), output)).ToImmutableArray();

        var operands = Enumerable.Range(0, layer.Inputs.Length).ToImmutableArray();
        var local = Localize(network, layer, output) with { Inputs = operands, Output = layer.Inputs.Length };
        var ports = operands.Where(input => regions[input] is not null)
            .Select(input => new NetworkPort(tensors[input].Name, input, false, tensors[input].Shape)).ToImmutableArray();
        var result = ImmutableArray.Create(new NetworkPort(tensors[local.Output].Name, local.Output, false, tensors[local.Output].Shape));
        return new RegionLayer(new QuantizedNetwork(layer.Name, tensors, ImmutableArray.Create(local), ports, result), regions);
    }

    private static Interval Read(QuantizedNetwork network, QuantizedLayer layer, int input, int axis, Interval output) =>
        ReceptiveField.Of(layer, network, input, axis, output).Clip(network.Tensor(layer.Inputs[input]).Shape[axis + 1]);

    private static QuantizedTensor Crop(QuantizedTensor tensor, Region region) =>
        tensor with { Shape = new Shape(1, region.Rows.Length, region.Columns.Length, tensor.Shape[3]) };

    private static QuantizedLayer Localize(QuantizedNetwork network, QuantizedLayer layer, Region output)
    {
        if (layer is not (ConvLayer or MaxPoolLayer or AveragePoolLayer or PadLayer or ResizeLayer))
            return layer;

        var rows = ReceptiveField.Of(layer, network, 0, 0, output.Rows);
        var columns = ReceptiveField.Of(layer, network, 0, 1, output.Columns);
        var image = network.Tensor(layer.Inputs[0]).Shape;
        return layer switch
        {
            ConvLayer conv => conv with { Window = Repad(conv.Window, rows, columns, image) },
            MaxPoolLayer pool => pool with { Window = Repad(pool.Window, rows, columns, image) },
            AveragePoolLayer pool => pool with { Window = Repad(pool.Window, rows, columns, image) },
            PadLayer pad => pad with
            {
                Begin = ImmutableArray.Create(0, Before(rows), Before(columns), pad.Begin[3]),
                End = ImmutableArray.Create(0, After(rows, image[1]), After(columns, image[2]), pad.End[3]),
            },
            ResizeLayer resize => resize with
            {
                Rows = Shift(resize.Rows, output.Rows, rows),
                Columns = Shift(resize.Columns, output.Columns, columns),
            },
            _ => layer,
        };
    }

    /// <summary>A window of a pool that was rounded up may reach past the padding; the padding stays what it is, for what counts it.</summary>
    private static Window Repad(Window window, Interval rows, Interval columns, Shape image) => window with
    {
        PadsBegin = ImmutableArray.Create(Before(rows), Before(columns)),
        PadsEnd = ImmutableArray.Create(
            Math.Min(window.PadsEnd[0], After(rows, image[1])), Math.Min(window.PadsEnd[1], After(columns, image[2]))),
    };

    private static int Before(Interval read) => Math.Min(read.Length, Math.Max(0, -read.Begin));

    private static int After(Interval read, int size) => Math.Min(read.Length, Math.Max(0, read.End - size));

    private static ResizeAxis Shift(ResizeAxis table, Interval output, Interval read)
    {
        int Local(int index) => Math.Min(Math.Max(index - read.Begin, 0), read.Length - 1);
        var part = Enumerable.Range(output.Begin, output.Length).ToArray();
        return new ResizeAxis(
            part.Select(index => Local(table.Low[index])).ToImmutableArray(),
            part.Select(index => Local(table.High[index])).ToImmutableArray(),
            part.Select(index => table.Fraction[index]).ToImmutableArray());
    }
}
