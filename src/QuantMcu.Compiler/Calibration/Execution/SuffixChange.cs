using System;
using System.Collections.Generic;
using System.Linq;
using QuantMcu.Compiler.Graph;
using QuantMcu.Compiler.Quantization;

namespace QuantMcu.Compiler.Calibration.Execution;

/// <summary>
/// A change to a float network, and the steps that see it: tensors rounded to codes and back, or one node run by another kernel.
/// Immutable; executors on several threads share it.
/// </summary>
internal sealed class SuffixChange
{
    private SuffixChange(ExecutionPlan plan, HashSet<Operand> rounded, Quantizer? quantizer, int replaced, FloatKernel? kernel)
    {
        Rounded = rounded;
        Quantizer = quantizer;
        Replaced = replaced;
        Kernel = kernel;
        Steps = Affected(plan, rounded, replaced);
    }

    /// <summary>Steps that run again, in order.</summary>
    public IReadOnlyList<int> Steps { get; }

    /// <summary>Tensors that <see cref="Quantizer"/> rounds.</summary>
    public ISet<Operand> Rounded { get; }

    public Quantizer? Quantizer { get; }

    /// <summary>The step that runs with <see cref="Kernel"/>; -1: none.</summary>
    public int Replaced { get; }

    public FloatKernel? Kernel { get; }

    /// <summary>Values of one feature map, rounded wherever one of them is computed.</summary>
    public static SuffixChange Rounding(ExecutionPlan plan, IEnumerable<Value> values, Quantizer quantizer)
    {
        var wanted = new HashSet<Value>(values);
        var operands = plan.Steps.SelectMany(step => step.Node.Outputs.Zip(step.Outputs, (value, operand) => (value, operand)))
            .Where(pair => wanted.Contains(pair.value) && pair.operand.Kind == OperandKind.Buffer).Select(pair => pair.operand);
        return new SuffixChange(plan, new HashSet<Operand>(operands), quantizer, -1, null);
    }

    /// <summary>A node with other constants; null where it has no kernel of its own.</summary>
    /// <param name="plan">The network.</param>
    /// <param name="node">The node.</param>
    /// <param name="constants">One per input: replaces the node's own; null where that depends on the network's inputs.</param>
    public static SuffixChange? Replacing(ExecutionPlan plan, Node node, params Tensor?[] constants)
    {
        int index = plan.Steps.Select(step => step.Node).ToList().IndexOf(node);
        if (index < 0 || plan.Steps[index].Kernel is null)
            return null;

        var kernel = KernelSelector.Select(new KernelRequest(node, System.Collections.Immutable.ImmutableArray.Create(constants)));
        return kernel is null ? null : new SuffixChange(plan, new HashSet<Operand>(), null, index, kernel);
    }

    private static List<int> Affected(ExecutionPlan plan, HashSet<Operand> rounded, int replaced)
    {
        var changed = new HashSet<Operand>();
        var steps = new List<int>();
        for (int i = 0; i < plan.Steps.Length; i++)
        {
            var step = plan.Steps[i];
            bool again = i == replaced || step.Inputs.Any(input => input is not null && changed.Contains(input));
            if (again || step.Outputs.Any(rounded.Contains))
                steps.Add(i);

            // What a step computes anew is changed whole; of a step that is only rounded, just the rounded tensors are.
            changed.UnionWith(again ? step.Outputs : step.Outputs.Where(rounded.Contains));
        }

        return steps;
    }
}
