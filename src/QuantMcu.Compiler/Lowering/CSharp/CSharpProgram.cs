using System.Collections.Generic;
using System.Collections.Immutable;
using System.Linq;
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
/// <param name="Steps">In order of execution, after the patch stage if there is one.</param>
/// <param name="Memory">Places of the arena's buffers; a <see cref="Storage"/> of kind Arena indexes its buffers.</param>
/// <param name="WeightBytes">
/// Bytes of weights, biases, multipliers and tables of the network itself: what a microcontroller stores. The padding of this
/// back end's own layout is not in it.
/// </param>
public sealed record CSharpProgram(
    string Name,
    ImmutableArray<ProgramPort> Inputs,
    ImmutableArray<ProgramPort> Outputs,
    ImmutableArray<Step> Steps,
    NetworkMemoryPlan Memory,
    int WeightBytes)
{
    /// <summary>What runs patch by patch before the steps, or null.</summary>
    public PatchProgram? Stage { get; init; }

    /// <summary>Codes of constant tensors that steps read, by the index of their <see cref="Storage"/>.</summary>
    public ImmutableArray<byte[]> Constants { get; init; } = ImmutableArray<byte[]>.Empty;

    /// <summary>What happens at each step of the memory plan, for people.</summary>
    public ImmutableArray<string> MemorySteps { get; init; } = ImmutableArray<string>.Empty;

    public ArenaPlan Arena => Memory.Arena;

    /// <summary>
    /// Every step that is a kernel: those of a tile of the patch stage in one branch after the other, then the program's own, those of a tile in
    /// place of a fused one.
    /// </summary>
    public IEnumerable<Step> AllSteps =>
        (Stage?.Branches.SelectMany(branch => branch.Steps).Select(call => call.Step) ?? []).Concat(Steps.SelectMany(Kernels));

    /// <summary>Position in <see cref="AllSteps"/> of one of <see cref="Steps"/>; of a fused one, of its first.</summary>
    public int NumberOf(int step) => FirstStep(Stage?.Branches.Length ?? 0) + Steps.Take(step).Sum(earlier => Kernels(earlier).Count());

    /// <summary>Position in <see cref="AllSteps"/> of the first step of a branch of the patch stage.</summary>
    public int FirstStep(int branch) => Stage?.Branches.Take(branch).Sum(earlier => earlier.Steps.Length) ?? 0;

    private static IEnumerable<Step> Kernels(Step step) => step is FusedStep fused ? fused.Steps.Select(call => call.Step) : [step];

    public int ArenaBytes => Arena.TotalBytes;

    /// <summary>What one inference costs.</summary>
    public NetworkCost Cost { get; init; } = new(0, 0, new BitOpsFigures(0, 0, 0), null);
}

/// <summary>An input or output of a program.</summary>
/// <param name="Port">As the network has it.</param>
/// <param name="Tensor">Its tensor: shape and quantizer.</param>
public sealed record ProgramPort(NetworkPort Port, QuantizedTensor Tensor);
