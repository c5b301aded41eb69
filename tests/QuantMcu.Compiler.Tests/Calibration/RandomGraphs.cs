using System;
using System.Collections.Generic;
using System.Collections.Immutable;
using System.Linq;
using QuantMcu.Compiler.Graph;
using QuantMcu.Compiler.Graph.Operators;

namespace QuantMcu.Compiler.Tests.Calibration;

/// <summary>Random shapes, tensors and small channels-last graphs, the same for the same seed.</summary>
internal sealed class RandomGraphs
{
    private readonly Random random;

    public RandomGraphs(int seed) => random = new Random(seed);

    /// <summary>Between the two, both included.</summary>
    public int Next(int least, int most) => random.Next(least, most + 1);

    public T Pick<T>(params T[] choices) => choices[random.Next(choices.Length)];

    public Tensor Tensor(params int[] shape) => Tensor(new Shape(shape));

    public Tensor Tensor(Shape shape)
    {
        var values = new float[shape.Elements];
        for (int i = 0; i < values.Length; i++)
            values[i] = (float)((random.NextDouble() * 4) - 2);

        return Graph.Tensor.Of(shape, values);
    }

    public static Value Input(Shape shape) => new("x", new TensorType(ElementType.Float32, shape));

    public Value Constant(params int[] shape) => new("constant", Tensor(shape));

    public Clamp Clamp() =>
        Pick(Graph.Operators.Clamp.None, Graph.Operators.Clamp.Relu, new Clamp(-0.5f, 1.25f), new Clamp(0f, 6f));

    public Window Window(int largestKernel)
    {
        ImmutableArray<int> Two(int least, int most) => ImmutableArray.Create(Next(least, most), Next(least, most));
        return new Window(Two(1, largestKernel), Two(1, 3), Two(1, 2), Two(0, 2), Two(0, 2));
    }

    /// <summary>An image that the window fits, with the given channels.</summary>
    public Shape Image(Window window, int channels)
    {
        int Side(int axis) => Math.Max(1, window.Extent(axis) - window.PadsBegin[axis] - window.PadsEnd[axis]) + Next(0, 9);
        return new Shape(Next(1, 2), Side(0), Side(1), channels);
    }

    /// <summary>A convolution in normal form over a graph input, with constant weights and mostly a bias.</summary>
    public Node Conv(ConvKind kind)
    {
        int groups = kind == ConvKind.Dense ? 1 : kind == ConvKind.Depthwise ? Next(1, 80) : Next(1, 5);
        int perGroup = kind == ConvKind.Depthwise ? 1 : Next(1, 33);
        int outputsPerGroup = kind == ConvKind.Depthwise ? 1 : Next(1, 40);
        var window = Next(0, 2) == 0 ? Graph.Operators.Window.Pointwise(2) : Window(4);
        var conv = new Conv(window, groups, Layout.ChannelsLast)
        {
            Clamp = Clamp(),
            PadValues = Next(0, 1) == 0 ? ImmutableArray<float>.Empty : Tensor(groups * perGroup).Floats.ToImmutableArray(),
        };
        var weights = Constant(groups * outputsPerGroup, window.Kernel[0], window.Kernel[1], perGroup);
        var bias = Next(0, 3) == 0 ? null : Constant(groups * outputsPerGroup);
        return Node.Create("conv", conv, [Input(Image(window, groups * perGroup)), weights, bias]);
    }

    /// <summary>A graph of several nodes in which tensors have several consumers and lifetimes overlap.</summary>
    public NetworkGraph Network(int nodes)
    {
        var values = new List<Value> { Input(new Shape(1, 5, 4, 7)) };
        var input = values[0];
        var list = new List<Node>();
        for (int i = 0; i < nodes; i++)
        {
            var x = values[random.Next(values.Count)];
            var node = NetworkNode("n" + i, x, values);
            list.Add(node);
            values.AddRange(node.Outputs);
        }

        // Everything that nothing consumes is an output, in order.
        var consumed = new HashSet<Value>(list.SelectMany(node => node.Inputs).OfType<Value>());
        var outputs = values.Where(value => !consumed.Contains(value)).Append(values[^1]).Distinct();
        return new NetworkGraph("random", [input], outputs.ToImmutableArray(), list.ToImmutableArray());
    }

    private Node NetworkNode(string name, Value x, List<Value> values)
    {
        int channels = x.Shape[x.Shape.Rank - 1];
        var same = values.Where(value => value.Shape.Equals(x.Shape)).ToArray();
        var conv = new Conv(Graph.Operators.Window.Pointwise(2), 1, Layout.ChannelsLast);
        int outputs = Next(1, 9);
        return Next(0, 8) switch
        {
            0 when x.Shape.Rank == 4 => Node.Create(name, conv, [x, Constant(outputs, 1, 1, channels), Constant(outputs)], name),
            1 => Node.Create(name, new Binary(BinaryKind.Add), [x, Pick(same)], name),
            2 => Node.Create(name, new Binary(BinaryKind.Mul), [x, Constant(channels)], name),
            3 => Node.Create(name, new Reshape(new Shape(1, x.Shape.Elements)), [x], name),
            4 => Node.Create(name, new Reduce(ReduceKind.Mean, [1], KeepDims: true), [x], name),
            5 => Node.Create(name, new Concat(x.Shape.Rank - 1), [x, Pick(same)], name),
            6 => Node.Create(name, new Unary(UnaryKind.Sigmoid), [x], name),
            7 => Node.Create(name, new Split(x.Shape.Rank - 1, Halves(channels)), [x], name + "a", name + "b"),
            _ => Node.Create(name, new Clip(Clamp()), [x], name),
        };
    }

    private static ImmutableArray<int> Halves(int channels) =>
        channels == 1 ? [1] : [channels / 2, channels - (channels / 2)];
}

internal enum ConvKind
{
    Dense,
    Grouped,
    Depthwise,
}
