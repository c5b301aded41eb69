using System;
using System.Collections.Generic;
using System.Linq;
using System.Threading;
using QuantMcu.Compiler.Calibration.Execution;
using QuantMcu.Compiler.Diagnostics;
using QuantMcu.Compiler.Graph;
using QuantMcu.Compiler.Reference.Float;

namespace QuantMcu.Compiler.Calibration;

/// <summary>Sees one Float32 tensor during a run; the values are valid only until it returns.</summary>
public delegate void TensorObserver(Value value, ReadOnlySpan<float> values);

/// <summary>
/// Runs a float network many times: weights are packed and buffers assigned once, and kernels use the host's vectors. It is fast
/// on the normal form that Simplify leaves, and falls back to the float interpreter for what its kernels don't take. Results have
/// the same bits on every vector width. Not thread-safe: give each thread its own <see cref="Fork"/>.
/// </summary>
public sealed class FloatExecutor
{
    private readonly ExecutionPlan plan;
    private readonly float[][] buffers;
    private readonly Tensor?[] boxes;
    private readonly float[] scratch;

    /// <exception cref="ModelException">A node of constants cannot be evaluated.</exception>
    public FloatExecutor(NetworkGraph graph)
        : this(ExecutionPlan.Create(graph))
    {
    }

    private FloatExecutor(ExecutionPlan plan)
    {
        this.plan = plan;
        buffers = plan.BufferLengths.Select(length => new float[length]).ToArray();
        boxes = new Tensor?[plan.Boxes];
        scratch = new float[plan.ScratchFloats];
    }

    /// <summary>Another executor of the same graph, with buffers of its own and the same packed weights.</summary>
    public FloatExecutor Fork() => new(plan);

    /// <summary>Runs the graph once.</summary>
    /// <param name="inputs">One tensor per graph input, in order, of the declared type.</param>
    /// <param name="observer">Sees every Float32 graph input, then every Float32 result that depends on one, in order.</param>
    /// <param name="cancellation">Honoured within 100 ms.</param>
    /// <returns>One tensor per graph output, in order; the caller owns them.</returns>
    /// <exception cref="ArgumentException">The inputs do not have the declared types.</exception>
    /// <exception cref="ModelException">A node cannot be evaluated on these values.</exception>
    public Tensor[] Run(IReadOnlyList<Tensor> inputs, TensorObserver? observer = null, CancellationToken cancellation = default)
    {
        CheckInputs(inputs);
        if (observer is not null)
            ObserveInputs(inputs, observer);

        foreach (var step in plan.Steps)
        {
            cancellation.ThrowIfCancellationRequested();
            if (step.Kernel is not null)
                RunKernel(step.Kernel, step, inputs, cancellation);
            else if (!step.IsAlias)
                Interpret(step, inputs, cancellation);

            if (observer is not null)
                ObserveOutputs(step, inputs, observer);
        }

        return plan.Outputs.Select((operand, i) => Snapshot(operand, plan.Graph.Outputs[i], inputs)).ToArray();
    }

    private void CheckInputs(IReadOnlyList<Tensor> inputs)
    {
        var declared = plan.Graph.Inputs;
        if (inputs.Count != declared.Length)
            throw new ArgumentException("The network has " + declared.Length + " inputs, not " + inputs.Count, nameof(inputs));

        for (int i = 0; i < inputs.Count; i++)
        {
            if (inputs[i].Type != declared[i].Type)
                throw new ArgumentException("Input " + declared[i] + " cannot be " + inputs[i].Type + ".", nameof(inputs));
        }
    }

    private void RunKernel(FloatKernel kernel, Step step, IReadOnlyList<Tensor> inputs, CancellationToken cancellation)
    {
        var operands = new float[step.Inputs.Length][];
        for (int i = 0; i < operands.Length; i++)
            operands[i] = step.Inputs[i] is { } input ? Floats(input, inputs) : Array.Empty<float>();

        kernel.Run(operands, buffers[step.Outputs[0].Index], scratch, cancellation);
    }

    private void Interpret(Step step, IReadOnlyList<Tensor> inputs, CancellationToken cancellation)
    {
        var operands = new Tensor?[step.Inputs.Length];
        for (int i = 0; i < operands.Length; i++)
            operands[i] = step.Inputs[i] is { } input ? Snapshot(input, step.Node.Inputs[i]!, inputs) : null;

        var results = FloatInterpreter.Evaluate(step.Node, operands, cancellation);
        for (int i = 0; i < results.Length; i++)
        {
            if (step.Outputs[i].Kind == OperandKind.Box)
                boxes[step.Outputs[i].Index] = results[i];
            else
                results[i].Floats.CopyTo(buffers[step.Outputs[i].Index], 0);
        }
    }

    private void ObserveInputs(IReadOnlyList<Tensor> inputs, TensorObserver observer)
    {
        for (int i = 0; i < inputs.Count; i++)
        {
            if (inputs[i].Element == ElementType.Float32)
                observer(plan.Graph.Inputs[i], inputs[i].Floats);
        }
    }

    private void ObserveOutputs(Step step, IReadOnlyList<Tensor> inputs, TensorObserver observer)
    {
        for (int i = 0; i < step.Outputs.Length; i++)
        {
            var value = step.Node.Outputs[i];
            if (value.Type.Element == ElementType.Float32)
                observer(value, Floats(step.Outputs[i], inputs).AsSpan(0, value.Shape.Elements));
        }
    }

    /// <summary>The array that holds a Float32 tensor, which may be longer than the tensor.</summary>
    private float[] Floats(Operand operand, IReadOnlyList<Tensor> inputs) => operand.Kind switch
    {
        OperandKind.Constant => operand.Constant!.Floats,
        OperandKind.Input => inputs[operand.Index].Floats,
        _ => buffers[operand.Index],
    };

    /// <summary>A tensor that later steps do not change.</summary>
    private Tensor Snapshot(Operand operand, Value value, IReadOnlyList<Tensor> inputs) => operand.Kind switch
    {
        OperandKind.Constant => operand.Constant!.Reshape(value.Shape),
        OperandKind.Input => inputs[operand.Index].Reshape(value.Shape),
        OperandKind.Box => boxes[operand.Index]!,
        _ => Tensor.Of(value.Shape, buffers[operand.Index].AsSpan(0, value.Shape.Elements).ToArray()),
    };
}
