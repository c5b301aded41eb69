using System.Collections.Immutable;
using System.Threading;
using QuantMcu.Compiler.Graph;

namespace QuantMcu.Compiler.Calibration.Execution;

/// <summary>
/// One node, specialised on its operator, shapes and constants. Immutable: executors on several threads share it. Kernels take
/// Float32 tensors; nodes that none takes are evaluated by the float interpreter.
/// </summary>
internal abstract class FloatKernel
{
    /// <summary>Floats of scratch memory that <see cref="Run"/> needs.</summary>
    public virtual int ScratchFloats => 0;

    /// <param name="inputs">The node's inputs in order, at least as long as their shapes say; empty where absent.</param>
    /// <param name="output">At least as long as the output's shape says; never one of the inputs.</param>
    /// <param name="scratch">At least <see cref="ScratchFloats"/> long, of any content.</param>
    /// <param name="cancellation">Looked at every few milliseconds.</param>
    public abstract void Run(float[][] inputs, float[] output, float[] scratch, CancellationToken cancellation);
}

/// <summary>What a kernel may specialise on: a node of Float32 tensors that are not empty, and its constants.</summary>
/// <param name="Node">The node.</param>
/// <param name="Constants">One entry per input, null where it depends on the graph's inputs or is absent.</param>
internal sealed record KernelRequest(Node Node, ImmutableArray<Tensor?> Constants)
{
    public Shape Input(int index) => Node.Inputs[index]!.Shape;

    public Shape Output => Node.Output.Shape;

    public bool HasInput(int index) => index < Node.Inputs.Length && Node.Inputs[index] is not null;
}
