using System;
using System.Collections.Generic;
using System.Collections.Immutable;
using System.Linq;
using System.Threading;
using QuantMcu.Compiler.Calibration;
using QuantMcu.Compiler.Calibration.Execution;
using QuantMcu.Compiler.Graph;
using QuantMcu.Compiler.Graph.Operators;
using QuantMcu.Compiler.Reference.Float;
using Xunit;

namespace QuantMcu.Compiler.Tests.Calibration;

public sealed class FloatExecutorTests
{
    public static TheoryData<int> Seeds() => new(Enumerable.Range(0, 40));

    [Theory]
    [MemberData(nameof(Seeds))]
    public void Run_equals_scalar_convolution_bit_for_bit(int seed)
    {
        foreach (var kind in new[] { ConvKind.Dense, ConvKind.Grouped, ConvKind.Depthwise })
        {
            var random = new RandomGraphs(seed);
            var node = random.Conv(kind);
            var x = random.Tensor(node.Inputs[0]!.Shape);

            float[] actual = RunFast(node, x).Floats;

            Assert.Equal(ScalarConv.Run(node, x), actual);
            AssertClose(node, x, actual);
        }
    }

    [Theory]
    [MemberData(nameof(Seeds))]
    public void Run_equals_the_interpreter_on_pools(int seed)
    {
        var random = new RandomGraphs(seed);
        var window = random.Window(4);
        var x = random.Tensor(random.Image(window, random.Next(1, 33)));
        bool ceiling = random.Pick(true, false);
        Check(new MaxPool(window, ceiling, Layout.ChannelsLast), x);
        Check(new AveragePool(window, ceiling, CountIncludePad: random.Pick(true, false), Layout.ChannelsLast), x);
    }

    [Theory]
    [MemberData(nameof(Seeds))]
    public void Run_equals_the_interpreter_on_elementwise_functions(int seed)
    {
        var random = new RandomGraphs(seed);
        int channels = random.Next(1, 33);
        var x = random.Tensor(random.Next(1, 2), random.Next(1, 5), random.Next(1, 5), channels);
        var others = new[]
        {
            random.Tensor(x.Shape), random.Tensor(channels), random.Tensor(1, 1, 1, channels), random.Tensor(),
            random.Tensor(1, 1), random.Tensor(1, x.Shape[1], x.Shape[2], channels),
        };
        foreach (var other in others)
        {
            foreach (var kind in Enum.GetValues<BinaryKind>().Where(kind => kind != BinaryKind.Pow))
            {
                Check(new Binary(kind) { Clamp = random.Clamp() }, x, other);
                Check(new Binary(kind) { Clamp = random.Clamp() }, other, x);
            }

            Check(new PRelu(), x, other);
        }

        Check(new Clip(random.Clamp()), x);
        Check(new Unary(UnaryKind.LeakyRelu, 0.1f), x);
        Check(new Unary(UnaryKind.HardSigmoid, 0.2f, 0.5f), x);
        Check(new Unary(UnaryKind.HardSwish), x);
    }

    [Theory]
    [MemberData(nameof(Seeds))]
    public void Run_equals_the_interpreter_on_reductions_and_concatenation(int seed)
    {
        var random = new RandomGraphs(seed);
        var x = random.Tensor(random.Next(1, 3), random.Next(1, 40), random.Next(1, 5), random.Next(1, 33));
        foreach (var axes in new[] { new[] { 1, 2 }, new[] { 0 }, new[] { 3 }, new[] { 2, 3 }, new[] { 0, 1, 2, 3 } })
        {
            foreach (var kind in new[] { ReduceKind.Mean, ReduceKind.Sum, ReduceKind.Max })
                Check(new Reduce(kind, axes.ToImmutableArray(), KeepDims: random.Pick(true, false)), x);
        }

        for (int axis = 0; axis < 4; axis++)
        {
            var other = random.Tensor(new Shape(x.Shape.Dimensions.SetItem(axis, random.Next(1, 9))));
            Check(new Concat(axis), x, other, x);
        }
    }

    [Theory]
    [MemberData(nameof(Seeds))]
    public void Run_equals_the_interpreter_on_channels_first(int seed)
    {
        var random = new RandomGraphs(seed);
        int rank = random.Next(1, 2), groups = random.Next(1, 4), perGroup = random.Next(1, 9);
        var window = random.Window(3);
        var image = random.Image(window, groups * perGroup);
        var shape = new[] { image[0], image[3], image[1], image[2] };
        if (rank == 1)
        {
            ImmutableArray<int> Last(ImmutableArray<int> pair) => [pair[1]];
            window = new Window(
                Last(window.Kernel), Last(window.Strides), Last(window.Dilations), Last(window.PadsBegin), Last(window.PadsEnd));
            shape = [image[0], image[3], image[2]];
        }

        var x = random.Tensor(shape);
        var weights = random.Constant([groups * random.Next(1, 20), perGroup, .. window.Kernel]);
        var conv = new Conv(window, groups, Layout.ChannelsFirst) { Clamp = random.Clamp() };
        var node = Node.Create("conv", conv, [new Value("x", x.Type), weights, random.Constant(weights.Shape[0])]);
        AssertClose(node, x, RunFast(node, x).Floats);
        Check(new MaxPool(window, Ceiling: random.Pick(true, false), Layout.ChannelsFirst), x);
        Check(new AveragePool(window, Ceiling: false, CountIncludePad: random.Pick(true, false), Layout.ChannelsFirst), x);
    }

    [Theory]
    [MemberData(nameof(Seeds))]
    public void Run_equals_the_interpreter_on_products_with_a_constant_matrix(int seed)
    {
        var random = new RandomGraphs(seed);
        int rows = random.Next(1, 60), depth = random.Next(1, 50), columns = random.Next(1, 40);
        bool transposed = random.Pick(true, false);
        var x = random.Tensor(rows, depth);
        var b = transposed ? random.Constant(columns, depth) : random.Constant(depth, columns);
        var c = random.Pick(null, random.Constant(columns), random.Constant(1, columns), random.Constant(1), random.Constant());
        var gemm = Node.Create("gemm", new Gemm(0.5f, 2f, false, transposed), [new Value("x", x.Type), b, c]);
        AssertClose(gemm, x, RunFast(gemm, x).Floats);

        var batch = random.Tensor(2, rows, depth);
        var matMul = Node.Create("matmul", new MatMul(), [new Value("x", batch.Type), random.Constant(depth, columns)]);
        AssertClose(matMul, batch, RunFast(matMul, batch).Floats);
    }

    [Theory]
    [MemberData(nameof(Seeds))]
    public void Run_shows_every_tensor_of_a_network_as_the_interpreter_computes_it(int seed)
    {
        var random = new RandomGraphs(seed);
        var graph = random.Network(nodes: 25);
        var x = random.Tensor(graph.Inputs[0].Shape);
        var results = graph.Nodes.SelectMany(node => node.Outputs).ToImmutableArray();
        var everything = new NetworkGraph("all", graph.Inputs, results, graph.Nodes);
        var expected = FloatInterpreter.Run(everything, new[] { x }, CancellationToken.None);
        var seen = new Dictionary<Value, float[]>();

        var executor = new FloatExecutor(graph);
        executor.Run(new[] { random.Tensor(x.Shape) });
        var outputs = executor.Run(new[] { x }, (value, values) => seen.Add(value, values.ToArray()));

        Assert.Equal(x.Floats, seen[graph.Inputs[0]]);
        for (int i = 0; i < expected.Length; i++)
            AssertClose(expected[i].Floats, seen[everything.Outputs[i]], everything.Outputs[i].ToString());
        for (int i = 0; i < outputs.Length; i++)
            Assert.Equal(seen[graph.Outputs[i]], outputs[i].Floats);
    }

    [Fact]
    public void Run_gives_outputs_that_the_next_run_does_not_change()
    {
        var random = new RandomGraphs(1);
        var graph = random.Network(12);
        var executor = new FloatExecutor(graph);

        var first = executor.Run(new[] { random.Tensor(graph.Inputs[0].Shape) });
        var copies = first.Select(tensor => (float[])tensor.Floats.Clone()).ToArray();
        executor.Run(new[] { random.Tensor(graph.Inputs[0].Shape) });

        for (int i = 0; i < copies.Length; i++)
            Assert.Equal(copies[i], first[i].Floats);
    }

    [Fact]
    public void Fork_runs_beside_its_origin()
    {
        var random = new RandomGraphs(2);
        var graph = random.Network(20);
        var executor = new FloatExecutor(graph);
        var fork = executor.Fork();
        Tensor x = random.Tensor(graph.Inputs[0].Shape), other = random.Tensor(graph.Inputs[0].Shape);
        var expected = executor.Run(new[] { x });
        Tensor[]? during = null;

        var actual = executor.Run(new[] { x }, (_, _) => during = fork.Run(new[] { other }));

        Assert.Equal(expected.Select(tensor => tensor.Floats), actual.Select(tensor => tensor.Floats));
        Assert.Equal(executor.Run(new[] { other }).Select(tensor => tensor.Floats), during!.Select(tensor => tensor.Floats));
    }

    [Fact]
    public void Run_packs_weights_that_are_dequantized_constants()
    {
        var random = new RandomGraphs(3);
        long[] integers = Enumerable.Range(-6, 12).Select(i => (long)i).ToArray();
        var codes = new Value("codes", Tensor.Of(new Shape(4, 1, 1, 3), integers, ElementType.Int8));
        var scale = new Value("scale", Tensor.Of(Shape.Scalar, new[] { 0.25f }));
        var weights = Node.Create("dequantize", new Dequantize(0, 0), [codes, scale], "w");
        var input = RandomGraphs.Input(new Shape(1, 2, 2, 3));
        var conv = Node.Create("conv", new Conv(Window.Pointwise(2), 1, Layout.ChannelsLast), [input, weights.Output], "y");
        var graph = new NetworkGraph("qdq", [input], [conv.Output], [weights, conv]);
        var x = random.Tensor(input.Shape);
        var seen = new List<string>();

        var actual = new FloatExecutor(graph).Run(new[] { x }, (value, _) => seen.Add(value.Name));

        AssertClose(FloatInterpreter.Run(graph, new[] { x }, CancellationToken.None)[0].Floats, actual[0].Floats, "y");
        Assert.Equal(new[] { "x", "y" }, seen);
    }

    [Theory]
    [InlineData(1, 1, 100, true)]
    [InlineData(1, 1, 1 << 22, true)]
    [InlineData(1, 1, 1 << 24, false)]
    [InlineData(1 << 12, 1, 1 << 14, false)]
    public void Packing_is_declined_where_padding_multiplies_the_memory(int matrices, int columns, int depth, bool expected) =>
        Assert.Equal(expected, PackedMatrix.IsReasonable(matrices, columns, depth));

    [Fact]
    public void Run_refuses_inputs_of_another_shape()
    {
        var graph = new RandomGraphs(4).Network(3);

        Assert.Throws<ArgumentException>(() => new FloatExecutor(graph).Run(Array.Empty<Tensor>()));
        Assert.Throws<ArgumentException>(() => new FloatExecutor(graph).Run(new[] { new RandomGraphs(4).Tensor(1, 4, 5, 7) }));
    }

    [Fact]
    public void Run_stops_within_100_ms_of_cancellation()
    {
        var random = new RandomGraphs(5);
        var input = RandomGraphs.Input(new Shape(1, 96, 96, 128));
        var window = new Window([3, 3], [1, 1], [1, 1], [1, 1], [1, 1]);
        var conv = new Conv(window, 1, Layout.ChannelsLast);
        var node = Node.Create("large", conv, [input, random.Constant(512, 3, 3, 128), random.Constant(512)], "y");
        var executor = new FloatExecutor(new NetworkGraph("large", [input], [node.Output], [node]));
        var x = random.Tensor(input.Shape);

        Cancelling.AssertStops(token => executor.Run(new[] { x }, null, token));
    }

    /// <summary>Runs one node, which must have a kernel, on the executor and on the interpreter.</summary>
    private static void Check(Operator @operator, params Tensor[] inputs)
    {
        var values = inputs.Select((tensor, i) => new Value("x" + i, tensor.Type)).ToArray();
        var node = Node.Create("node", @operator, values.Cast<Value?>().ToImmutableArray(), "y");
        Assert.NotNull(KernelSelector.Select(new KernelRequest(node, inputs.Select(_ => (Tensor?)null).ToImmutableArray())));

        var actual = new FloatExecutor(new NetworkGraph("one", [.. values], [node.Output], [node])).Run(inputs);
        AssertClose(FloatInterpreter.Evaluate(node, inputs)[0].Floats, actual[0].Floats, @operator.ToString());
    }

    private static Tensor RunFast(Node node, Tensor x)
    {
        var constants = node.Inputs.Select(value => value?.Constant).ToImmutableArray();
        Assert.NotNull(KernelSelector.Select(new KernelRequest(node, constants)));
        return new FloatExecutor(new NetworkGraph("one", [node.Inputs[0]!], [node.Output], [node])).Run(new[] { x })[0];
    }

    private static void AssertClose(Node node, Tensor x, float[] actual)
    {
        var inputs = node.Inputs.Select(value => value is null ? null : value.Constant ?? x).ToArray();
        AssertClose(FloatInterpreter.Evaluate(node, inputs)[0].Floats, actual, node.Operator.ToString());
    }

    private static void AssertClose(float[] expected, float[] actual, string what)
    {
        Assert.Equal(expected.Length, actual.Length);
        for (int i = 0; i < expected.Length; i++)
        {
            double tolerance = 1e-4 * Math.Max(1, Math.Abs(expected[i]));
            bool close = expected[i].Equals(actual[i]) || Math.Abs(expected[i] - actual[i]) <= tolerance;
            Assert.True(close, $"{what} at {i}: {expected[i]} expected, {actual[i]} found");
        }
    }
}
