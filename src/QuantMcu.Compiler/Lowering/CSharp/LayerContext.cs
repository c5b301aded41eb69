using System;
using System.Collections.Immutable;
using System.Linq;
using QuantMcu.Compiler.Quantization;
using QuantMcu.Compiler.Quantization.Layers;

namespace QuantMcu.Compiler.Lowering.CSharp;

/// <summary>A layer with its surroundings, for the file that lowers it.</summary>
/// <param name="network">The layer's network.</param>
/// <param name="storage">Where a tensor lies.</param>
/// <param name="layer">The layer.</param>
/// <param name="lower">Turns it into a step; null where that moves nothing.</param>
/// <param name="pitch">Bytes between the rows of an image, for a layer that computes one region after another; else null.</param>
internal sealed class LayerContext(
    QuantizedNetwork network, Func<int, Storage> storage, QuantizedLayer layer, Func<LayerContext, Step?> lower, Func<int, int>? pitch = null)
{
    public QuantizedLayer Layer => layer;

    /// <summary>The layer as a step of the back end; null where it moves nothing.</summary>
    public Step? Step() => lower(this);

    public ImmutableArray<Storage> Inputs => layer.Inputs.Select(storage).ToImmutableArray();

    public Storage Output => storage(layer.Output);

    public QuantizedTensor InputTensor(int index) => network.Tensor(layer.Inputs[index]);

    public QuantizedTensor OutputTensor => network.Tensor(layer.Output);

    public ImageShape InputImage(int index) => Image(layer.Inputs[index]);

    public ImageShape OutputImage => Image(layer.Output);

    /// <summary>What <see cref="Step.Region"/> is to be.</summary>
    public RegionImages? Region => pitch is null
        ? null
        : new RegionImages(layer.Inputs.Select(Operand).ToImmutableArray(), OutputImage);

    /// <summary>The same for a kernel that moves bytes: it takes every byte of a pixel for a channel.</summary>
    public RegionImages? RegionInBytes => Region is not { } region
        ? null
        : new RegionImages(
            region.Inputs.Select((image, i) => image with { Channels = InputLayout(i).Pitch }).ToImmutableArray(),
            region.Output with { Channels = OutputLayout.Pitch });

    public CodeLayout InputLayout(int index) => CodeLayout.Of(InputTensor(index));

    public CodeLayout OutputLayout => CodeLayout.Of(OutputTensor);

    /// <summary>How the operands lie in memory; null where every code is a byte.</summary>
    public Packing? Packing => Packing.Of(layer.Inputs.Select((_, i) => InputLayout(i)).ToImmutableArray(), OutputLayout);

    /// <summary>Comment of the step: operator and what is special about it, shapes, bits, work.</summary>
    public string Title(string? detail = null) => StepTitle.Of(network, layer, detail);

    private ImageShape Image(int tensor)
    {
        var shape = network.Tensor(tensor).Shape;
        int pixel = CodeLayout.Of(network.Tensor(tensor)).Pitch;
        var image = new ImageShape(shape[0], shape[1], shape[2], shape[3]) { Pixel = pixel, Pitch = shape[2] * pixel };
        return pitch is null || network.Tensor(tensor).Constant is not null ? image : image with { Pitch = pitch(tensor) };
    }

    /// <summary>An image, or a constant with one value, or one per channel, for all pixels.</summary>
    private ImageShape Operand(int tensor)
    {
        var shape = network.Tensor(tensor).Shape;
        bool shared = network.Tensor(tensor).Constant is not null && (shape.Rank < 4 || shape[1] * shape[2] == 1);
        return shared
            ? new ImageShape(1, 1, 1, shape.Rank == 0 ? 1 : shape[shape.Rank - 1]) { Pixel = 0, Pitch = 0 }
            : Image(tensor);
    }
}
