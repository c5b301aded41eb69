using System.Collections.Immutable;
using QuantMcu.Compiler.Memory;
using QuantMcu.Compiler.Quantization;
using QuantMcu.Compiler.Reports;

namespace QuantMcu.Compiler.Lowering.CSharp;

/// <summary>
/// A network as the C# back end executes it: kernels in order, over one arena. Nothing is left to decide but the wording.
/// </summary>
/// <param name="Name">The network's name, untrusted: for reports.</param>
/// <param name="Inputs">The caller's inputs.</param>
/// <param name="Outputs">The caller's outputs.</param>
/// <param name="Steps">In order of execution.</param>
/// <param name="Arena">Places of the arena's buffers; a <see cref="Storage"/> of kind Arena indexes its buffers.</param>
/// <param name="Constants">Codes of constant tensors that steps read, packed, by tensor index.</param>
/// <param name="WeightBytes">
/// Bytes of weights, biases, multipliers and tables of the network itself: what a microcontroller stores. The padding of this
/// back end's own layout is not in it.
/// </param>
public sealed record CSharpProgram(
    string Name,
    ImmutableArray<ProgramPort> Inputs,
    ImmutableArray<ProgramPort> Outputs,
    ImmutableArray<Step> Steps,
    ArenaPlan Arena,
    ImmutableSortedDictionary<int, byte[]> Constants,
    int WeightBytes)
{
    public int ArenaBytes => Arena.TotalBytes;

    /// <summary>What one inference costs.</summary>
    public NetworkCost Cost { get; init; } = new(0, 0, new BitOpsFigures(0, 0, 0), null);
}

/// <summary>An input or output of a program.</summary>
/// <param name="Port">As the network has it.</param>
/// <param name="Tensor">Its tensor: shape and quantizer.</param>
public sealed record ProgramPort(NetworkPort Port, QuantizedTensor Tensor);
