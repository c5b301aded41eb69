using System;
using System.Collections.Generic;
using System.Linq;
using System.Threading;
using QuantMcu.Compiler.Graph;
using QuantMcu.Compiler.Quantization;
using QuantMcu.Compiler.Reference.Float;

namespace QuantMcu.Compiler.Calibration.Execution;

/// <summary>
/// Runs a float network on one sample and keeps every tensor; then runs it again with something changed, but only what comes after the change.
/// Not thread-safe: one per thread, over one shared plan.
/// </summary>
internal sealed class SuffixExecutor
{
    private readonly ExecutionPlan plan;
    private readonly Dictionary<Operand, Tensor> kept = new();
    private readonly Dictionary<Operand, Tensor> buffers = new();
    private readonly HashSet<Operand> changed = new();
    private readonly float[] scratch;
    private IReadOnlyList<Tensor> inputs = Array.Empty<Tensor>();

    public SuffixExecutor(ExecutionPlan plan)
    {
        this.plan = plan;
        scratch = new float[plan.ScratchFloats];
    }

    /// <summary>Takes a sample and runs the network as it is; returns the outputs, valid until the next sample.</summary>
    public Tensor[] Run(IReadOnlyList<Tensor> sample, CancellationToken cancellation)
    {
        inputs = sample;
        changed.Clear();
        foreach (var step in plan.Steps)
        {
            cancellation.ThrowIfCancellationRequested();
            if (!step.IsAlias)
                Execute(step, step.Kernel, kept, cancellation);
        }

        return Outputs();
    }

    /// <summary>A tensor as the network computed it for the sample.</summary>
    public Tensor Kept(Operand operand) => operand.Kind switch
    {
        OperandKind.Constant => operand.Constant!,
        OperandKind.Input => inputs[operand.Index],
        _ => kept[operand],
    };

    /// <summary>Runs what comes after a change; returns the outputs, valid until the next call.</summary>
    public Tensor[] Run(SuffixChange change, CancellationToken cancellation)
    {
        changed.Clear();
        foreach (int index in change.Steps)
        {
            cancellation.ThrowIfCancellationRequested();
            var step = plan.Steps[index];
            if (step.IsAlias)
                continue;

            bool again = index == change.Replaced || step.Inputs.Any(input => input is not null && changed.Contains(input));
            if (again)
            {
                Execute(step, index == change.Replaced ? change.Kernel : step.Kernel, buffers, cancellation);
                changed.UnionWith(step.Outputs);
            }

            foreach (var output in step.Outputs.Where(change.Rounded.Contains))
                Round(output, again, change.Quantizer!);
        }

        return Outputs();
    }

    private Tensor[] Outputs() => plan.Outputs.Select((operand, i) => Current(operand).Reshape(plan.Graph.Outputs[i].Shape)).ToArray();

    private Tensor Current(Operand operand) => changed.Contains(operand) ? buffers[operand] : Kept(operand);

    private void Execute(Step step, FloatKernel? kernel, Dictionary<Operand, Tensor> target, CancellationToken cancellation)
    {
        if (kernel is null)
        {
            var operands = step.Inputs.Select((input, i) => input is null ? null : Current(input).Reshape(step.Node.Inputs[i]!.Shape)).ToArray();
            var results = FloatInterpreter.Evaluate(step.Node, operands, cancellation);
            for (int i = 0; i < results.Length; i++)
                target[step.Outputs[i]] = results[i];
            return;
        }

        var floats = step.Inputs.Select(input => input is null ? Array.Empty<float>() : Current(input).Floats).ToArray();
        kernel.Run(floats, Buffer(target, step.Outputs[0], step.Node.Output.Shape).Floats, scratch, cancellation);
    }

    private void Round(Operand operand, bool isChanged, Quantizer quantizer)
    {
        var source = isChanged ? buffers[operand] : kept[operand];
        var target = Buffer(buffers, operand, source.Shape);
        FakeQuantization.Round(source.Floats, target.Floats, quantizer);
        changed.Add(operand);
    }

    private static Tensor Buffer(Dictionary<Operand, Tensor> tensors, Operand operand, Shape shape)
    {
        if (!tensors.TryGetValue(operand, out var tensor))
            tensors[operand] = tensor = Tensor.Of(shape, new float[shape.Elements]);

        return tensor;
    }
}
