using System.Collections.Immutable;
using QuantMcu.Compiler.Quantization;

namespace QuantMcu.Compiler.Lowering.CSharp;

/// <summary>
/// Copies codes between a port and the network, adding or subtracting the 128 by which signed samples differ from codes. In
/// place where input and output are the same storage.
/// </summary>
public sealed record OffsetStep(string Title, ImmutableArray<Storage> Inputs, Storage Output, int Elements, bool Signed)
    : Step(Title, Inputs, Output)
{
    private const string ImportTitle = "Signed samples to codes";

    /// <summary>Signed samples of the caller to codes.</summary>
    internal static OffsetStep Import(QuantizedNetwork network, Storage place, int input) => new(
        ImportTitle, [new Storage(StorageKind.Input, input)], place, network.Tensor(network.Inputs[input].Tensor).Elements, true);

    /// <summary>The same region after region.</summary>
    internal static OffsetStep ImportRegion(QuantizedNetwork network, int input, Storage place, int pitch)
    {
        var shape = network.Tensor(network.Inputs[input].Tensor).Shape;
        var image = new ImageShape(shape[0], shape[1], shape[2], shape[3]);
        return Import(network, place, input) with { Region = new RegionImages([image], image with { Pitch = pitch }) };
    }

    /// <summary>Codes to the caller's output, or null where they are there already.</summary>
    internal static OffsetStep? Export(QuantizedNetwork network, Storage source, int output)
    {
        var port = network.Outputs[output];
        var target = new Storage(StorageKind.Output, output);
        if (network.Tensor(port.Tensor).Elements == 0 || (source == target && !port.Signed))
            return null;

        string title = port.Signed ? "Codes to signed results" : "Copy to the output";
        return new OffsetStep(title, [source], target, network.Tensor(port.Tensor).Elements, port.Signed);
    }
}
