using System.Collections.Immutable;
using QuantMcu.Compiler.Patching;
using QuantMcu.Compiler.Quantization.Layers;

namespace QuantMcu.Compiler.Quantization;

/// <summary>
/// The meaning of a compiled model: integer tensors and layers in execution order. Reference/Integer executes it as it stands; every
/// back end computes the same codes.
/// </summary>
/// <param name="Tensors">All tensors; layers and ports refer to them by index.</param>
/// <param name="Inputs">The caller's inputs, in the model's order.</param>
/// <param name="Outputs">The results, in the model's order.</param>
public sealed record QuantizedNetwork(
    string Name,
    ImmutableArray<QuantizedTensor> Tensors,
    ImmutableArray<QuantizedLayer> Layers,
    ImmutableArray<NetworkPort> Inputs,
    ImmutableArray<NetworkPort> Outputs)
{
    /// <summary>
    /// What runs patch by patch before the layers, which then are the tail; null: nothing does. The stage reads the network's inputs and writes one
    /// of its tensors.
    /// </summary>
    public PatchStage? Patches { get; init; }

    public QuantizedTensor Tensor(int index) => Tensors[index];
}

/// <summary>An input or output as the caller sees it.</summary>
/// <param name="Name">The model's name for it.</param>
/// <param name="Tensor">Index of the tensor.</param>
/// <param name="Signed">
/// The caller passes <c>sbyte</c>: its value is the code less 128. (The kernels know unsigned codes only; the offset is one XOR with
/// 0x80 per byte on the way in or out.)
/// </param>
/// <param name="UserShape">The shape in the model's own layout (NCHW as a rule), for reports; data is in the tensor's layout.</param>
public sealed record NetworkPort(string Name, int Tensor, bool Signed, Graph.Shape UserShape)
{
    /// <summary>What a code of this port means to the caller, in the units of the float model: real = Scale * (code - ZeroPoint).</summary>
    /// <remarks>
    /// Differs from the tensor's own quantizer only for inputs with folded preprocessing, where codes are raw samples: then Mean and Std
    /// give real = (raw - Mean[c]) / Std[c].
    /// </remarks>
    public ImmutableArray<double> Mean { get; init; } = ImmutableArray<double>.Empty;

    /// <inheritdoc cref="Mean"/>
    public ImmutableArray<double> Std { get; init; } = ImmutableArray<double>.Empty;
}
