using System;
using System.Collections.Generic;
using System.Collections.Immutable;
using System.Linq;
using QuantMcu.Compiler.Graph;
using QuantMcu.Compiler.Graph.Operators;
using QuantMcu.Compiler.Reference.Float;

namespace QuantMcu.Compiler.Calibration.Execution;

/// <summary>
/// Everything about running a graph that does not change from run to run: kernels with packed weights, and which buffer holds
/// which tensor when. Immutable; executors share it.
/// </summary>
internal sealed class ExecutionPlan
{
    private ExecutionPlan(NetworkGraph graph, ImmutableArray<Step> steps, ImmutableArray<Operand> outputs, BufferPool buffers)
    {
        Graph = graph;
        Steps = steps;
        Outputs = outputs;
        BufferLengths = buffers.Lengths.ToImmutableArray();
        Boxes = buffers.Boxes;
        ScratchFloats = steps.Select(step => step.Kernel?.ScratchFloats ?? 0).DefaultIfEmpty().Max();
    }

    public NetworkGraph Graph { get; }

    public ImmutableArray<Step> Steps { get; }

    /// <summary>Where the graph's outputs are after the last step.</summary>
    public ImmutableArray<Operand> Outputs { get; }

    /// <summary>Floats of each buffer.</summary>
    public ImmutableArray<int> BufferLengths { get; }

    /// <summary>Number of tensors that are not Float32.</summary>
    public int Boxes { get; }

    public int ScratchFloats { get; }

    public static ExecutionPlan Create(NetworkGraph graph) => new Builder(graph).Build();

    private sealed class Builder
    {
        private readonly NetworkGraph graph;
        private readonly BufferPool buffers = new();
        private readonly Dictionary<Value, Operand> operands = new();
        private readonly Dictionary<Operand, int> lastUse = new();

        public Builder(NetworkGraph graph) => this.graph = graph;

        public ExecutionPlan Build()
        {
            for (int i = 0; i < graph.Inputs.Length; i++)
                operands[graph.Inputs[i]] = Operand.Input(i);

            var steps = graph.Nodes.Select(Plan).OfType<Step>().ToList();
            var outputs = graph.Outputs.Select(OperandOf).ToImmutableArray();
            AssignBuffers(steps, outputs);
            return new ExecutionPlan(graph, steps.ToImmutableArray(), outputs, buffers);
        }

        /// <summary>The step of a node, or null where its outputs are constant.</summary>
        private Step? Plan(Node node)
        {
            var inputs = node.Inputs.Select(value => value is null ? null : OperandOf(value)).ToImmutableArray();
            if (inputs.Length > 0 && inputs.All(input => input is null or { Constant: not null }))
            {
                var results = FloatInterpreter.Evaluate(node, inputs.Select(input => input?.Constant).ToArray());
                for (int i = 0; i < results.Length; i++)
                    operands[node.Outputs[i]] = Operand.Of(results[i]);

                return null;
            }

            if (node.Operator is Reshape or Identity && IsFloat(node.Output))
            {
                operands[node.Output] = inputs[0]!;
                return new Step(node, null, inputs, ImmutableArray.Create(inputs[0]!), IsAlias: true);
            }

            var outputs = node.Outputs.Select(ResultOf).ToImmutableArray();
            for (int i = 0; i < outputs.Length; i++)
                operands[node.Outputs[i]] = outputs[i];

            return new Step(node, KernelOf(node, inputs), inputs, outputs, IsAlias: false);
        }

        private static Operand ResultOf(Value value) => IsFloat(value) ? Operand.Buffer(value.Shape.Elements) : Operand.Box();

        private static FloatKernel? KernelOf(Node node, ImmutableArray<Operand?> inputs)
        {
            var values = node.Outputs.Concat(node.Inputs.OfType<Value>());
            bool usual = node.Outputs.Length == 1 && values.All(value => IsFloat(value) && value.Shape.Elements > 0);
            var constants = inputs.Select(input => input?.Constant).ToImmutableArray();
            return usual ? KernelSelector.Select(new KernelRequest(node, constants)) : null;
        }

        private Operand OperandOf(Value value) => value.Constant is { } constant ? Operand.Of(constant) : operands[value];

        private static bool IsFloat(Value value) => value.Type.Element == ElementType.Float32;

        private void AssignBuffers(List<Step> steps, ImmutableArray<Operand> outputs)
        {
            for (int i = 0; i < steps.Count; i++)
            {
                foreach (var operand in steps[i].Operands)
                    lastUse[operand] = i;
            }

            foreach (var output in outputs)
                lastUse[output] = steps.Count;

            for (int i = 0; i < steps.Count; i++)
            {
                foreach (var output in steps[i].Outputs)
                    buffers.Rent(output);
                foreach (var operand in steps[i].Operands)
                {
                    if (lastUse[operand] == i)
                        buffers.Return(operand);
                }
            }
        }
    }

    /// <summary>Gives each tensor a buffer for its lifetime: the free one nearest in length, grown where too short.</summary>
    private sealed class BufferPool
    {
        private readonly List<int> free = new();

        public List<int> Lengths { get; } = new();

        public int Boxes { get; private set; }

        public void Rent(Operand operand)
        {
            if (operand.Kind == OperandKind.Box)
                operand.Index = Boxes++;
            if (operand.Kind != OperandKind.Buffer || operand.Index >= 0)
                return;

            if (free.Count == 0)
            {
                free.Add(Lengths.Count);
                Lengths.Add(0);
            }

            int best = free.OrderBy(buffer => Misfit(Lengths[buffer], operand.Length)).First();
            free.Remove(best);
            Lengths[best] = Math.Max(Lengths[best], operand.Length);
            operand.Index = best;
        }

        public void Return(Operand operand)
        {
            if (operand.Kind == OperandKind.Buffer)
                free.Add(operand.Index);
        }

        /// <summary>Long enough buffers come first, the shortest of them first; then the longest of the others.</summary>
        private static (bool TooShort, int Distance) Misfit(int length, int needed) =>
            (length < needed, Math.Abs(length - needed));
    }
}

/// <summary>One node's part of a run.</summary>
/// <param name="Node">The node.</param>
/// <param name="Kernel">What runs it; null: the float interpreter does.</param>
/// <param name="Inputs">One per input; null where an optional input is absent.</param>
/// <param name="Outputs">One per output.</param>
/// <param name="IsAlias">The output is the input under another shape: nothing runs.</param>
internal sealed record Step(
    Node Node, FloatKernel? Kernel, ImmutableArray<Operand?> Inputs, ImmutableArray<Operand> Outputs, bool IsAlias)
{
    /// <summary>Inputs and outputs, each once.</summary>
    public IEnumerable<Operand> Operands => Inputs.OfType<Operand>().Concat(Outputs).Distinct();
}

internal enum OperandKind
{
    Constant,

    /// <summary>The caller's tensor.</summary>
    Input,

    /// <summary>A Float32 result, in a buffer that other results use at other times.</summary>
    Buffer,

    /// <summary>A result of another type, as a tensor of its own.</summary>
    Box,
}

/// <summary>Where a tensor is while the graph runs. Compared by reference: one per tensor, shared by its aliases.</summary>
internal sealed class Operand
{
    private Operand(OperandKind kind, int index, int length, Tensor? constant)
    {
        Kind = kind;
        Index = index;
        Length = length;
        Constant = constant;
    }

    public OperandKind Kind { get; }

    /// <summary>Number of the graph input, the buffer or the box; -1 before it is assigned.</summary>
    public int Index { get; set; }

    /// <summary>Elements of a buffer's tensor.</summary>
    public int Length { get; }

    public Tensor? Constant { get; }

    public static Operand Of(Tensor constant) => new(OperandKind.Constant, 0, 0, constant);

    public static Operand Input(int index) => new(OperandKind.Input, index, 0, null);

    public static Operand Buffer(int length) => new(OperandKind.Buffer, -1, length, null);

    public static Operand Box() => new(OperandKind.Box, -1, 0, null);
}
