using System;
using System.Collections.Generic;
using System.Collections.Immutable;
using System.Linq;
using QuantMcu.Compiler.Graph;
using QuantMcu.Compiler.Graph.Operators;

namespace QuantMcu.Compiler.Tests.Quantization;

/// <summary>Small float networks in normal form, node by node, with weights from a fixed seed.</summary>
internal sealed class GraphSketch
{
    private readonly List<Node> nodes = [];
    private readonly List<Value> inputs = [];
    private readonly Random random;

    public GraphSketch(int seed = 1) => random = new Random(seed);

    public IReadOnlyList<Node> Nodes => nodes;

    public Value Input(params int[] shape)
    {
        var value = new Value("input" + inputs.Count, new TensorType(ElementType.Float32, new Shape(shape)));
        inputs.Add(value);
        return value;
    }

    public Value Add(Operator @operator, params Value?[] operands) => AddNode(@operator, operands).Outputs[0];

    public Node AddNode(Operator @operator, params Value?[] operands)
    {
        string name = @operator.Name + nodes.Count;
        var node = Node.Create(name, @operator, [.. operands], name + ".y", name + ".y1", name + ".y2");
        nodes.Add(node);
        return node;
    }

    public Value Conv(Value x, int outputs, int kernel = 1, int stride = 1, int pad = 0, int groups = 1, int dilation = 1, Clamp? clamp = null)
    {
        int perGroup = x.Shape[3] / groups;
        var weights = Random(2.0 / Math.Sqrt(kernel * kernel * perGroup), outputs, kernel, kernel, perGroup);
        var conv = new Conv(Square(kernel, stride, pad, dilation), groups, Layout.ChannelsLast) { Clamp = clamp ?? Clamp.None };
        return Add(conv, x, weights, Random(0.5, outputs));
    }

    /// <summary>A constant with values in [-amplitude, amplitude].</summary>
    public Value Random(double amplitude, params int[] shape)
    {
        var values = new float[new Shape(shape).Elements];
        for (int i = 0; i < values.Length; i++)
            values[i] = (float)(amplitude * ((random.NextDouble() * 2) - 1));
        return Constant(values, shape);
    }

    public static Value Constant(float[] values, params int[] shape) => new("constant", Tensor.Of(new Shape(shape), values));

    public static Value Integers(long[] values, ElementType element, params int[] shape) =>
        new("integers", Tensor.Of(new Shape(shape), values, element));

    public static Window Square(int kernel, int stride = 1, int pad = 0, int dilation = 1) =>
        new([kernel, kernel], [stride, stride], [dilation, dilation], [pad, pad], [pad, pad]);

    public NetworkGraph Build(params Value[] outputs) => new("sketch", [.. inputs], [.. outputs], [.. nodes]);
}
