using System.Collections.Immutable;
using System.Linq;
using QuantMcu.Compiler.Graph;
using QuantMcu.Compiler.Quantization;
using QuantMcu.Compiler.Quantization.Layers;

namespace QuantMcu.Compiler.Lowering.CSharp;

/// <summary>A layer with its surroundings, for the file that lowers it.</summary>
internal sealed class LayerContext(QuantizedNetwork network, TensorStorage storage, QuantizedLayer layer)
{
    public QuantizedLayer Layer => layer;

    public ImmutableArray<Storage> Inputs => layer.Inputs.Select(storage.Of).ToImmutableArray();

    public Storage Output => storage.Of(layer.Output);

    public QuantizedTensor InputTensor(int index) => network.Tensor(layer.Inputs[index]);

    public QuantizedTensor OutputTensor => network.Tensor(layer.Output);

    /// <summary>Comment of the step: operator and what is special about it, shapes, bits, work.</summary>
    public string Title(string? detail = null) => StepTitle.Of(network, layer, detail);

    /// <summary>Batch, height, width and channels of an image.</summary>
    public static ImageShape Image(Shape shape) => new(shape[0], shape[1], shape[2], shape[3]);
}

/// <summary>A tensor of images, channels last.</summary>
public sealed record ImageShape(int Batch, int Height, int Width, int Channels)
{
    public int Pixels => Height * Width;

    public int Elements => Batch * Pixels * Channels;
}
