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
    /// <summary>Signed samples of the caller to codes.</summary>
    internal static OffsetStep Import(QuantizedNetwork network, TensorStorage storage, int input)
    {
        int tensor = network.Inputs[input].Tensor;
        return new OffsetStep(
            "Signed samples to codes", [new Storage(StorageKind.Input, input)], storage.Of(tensor),
                network.Tensor(tensor).Elements, true);
    }

    /// <summary>Codes to the caller's output, or null where they are there already.</summary>
    internal static OffsetStep? Export(QuantizedNetwork network, TensorStorage storage, int output)
    {
        var port = network.Outputs[output];
        var target = new Storage(StorageKind.Output, output);
        var source = storage.Of(port.Tensor);
        if (network.Tensor(port.Tensor).Elements == 0 || (source == target && !port.Signed))
            return null;

        string title = port.Signed ? "Codes to signed results" : "Copy to the output";
        return new OffsetStep(title, [source], target, network.Tensor(port.Tensor).Elements, port.Signed);
    }
}
