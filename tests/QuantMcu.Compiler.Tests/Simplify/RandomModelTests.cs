using System;
using System.Collections.Generic;
using System.Linq;
using System.Threading;
using QuantMcu.Compiler.Calibration;
using QuantMcu.Compiler.Graph;
using QuantMcu.Compiler.Graph.Operators;
using QuantMcu.Compiler.Simplify;
using Xunit;

namespace QuantMcu.Compiler.Tests.Simplify;

/// <summary>Chains of random operators over random views of their input: whatever a pass meets, it keeps the function.</summary>
public sealed class RandomModelTests
{
    [Theory]
    [MemberData(nameof(Seeds))]
    public void Every_pass_keeps_the_function_of_random_models(int firstSeed)
    {
        for (int seed = firstSeed; seed < firstSeed + 50; seed++)
        {
            var source = new RandomModel(seed).Build(nodes: 10);
            var inputs = Simplified.RandomInputs(source, seed);
            var preprocessing = seed % 2 == 0 ? null : Preprocessing(source);

            var error = Record.Exception(
                () => Simplifier.RunVerified(source, preprocessing, inputs, Simplified.Tolerance, CancellationToken.None));

            Assert.True(error is null, "seed " + seed + ": " + Simplified.Operators(source) + Environment.NewLine + error);
        }
    }

    public static TheoryData<int> Seeds() => [0, 50, 100, 150, 200, 250];

    private static InputPreprocessing Preprocessing(NetworkGraph source)
    {
        var input = source.Inputs[0];
        int channels = input.Shape[ImageLayout.Of(source).ChannelAxis(input)];
        double[] From(double first) => Enumerable.Range(0, channels).Select(c => first + c).ToArray();
        return Simplified.Preprocessing(From(100), From(50));
    }

    private sealed class RandomModel(int seed)
    {
        private readonly Random random = new(seed);
        private readonly List<Node> nodes = [];
        private readonly List<Value> values = [];

        public NetworkGraph Build(int nodes)
        {
            var shape = new Shape(1, Pick(1, 2, 3, 4), Pick(1, 4, 6), Pick(1, 3, 4, 6));
            var input = new Value("x", new TensorType(ElementType.Float32, shape));
            values.Add(input);
            for (int i = 0; i < nodes; i++)
                Step(values[^Pick(1, 1, 1, Math.Min(2, values.Count))]);

            var used = this.nodes.SelectMany(node => node.Inputs).ToHashSet();
            var outputs = values.Skip(1).Where(value => !used.Contains(value)).ToArray();
            return new NetworkGraph("random", [input], [.. outputs], [.. this.nodes]);
        }

        private void Step(Value x)
        {
            switch (random.Next(16))
            {
                case 0 or 1 or 2 when x.Shape.Rank == 4 && x.Shape[0] == 1:
                    Convolve(x);
                    break;
                case 3 when x.Shape.Rank == 4:
                    Pool(x);
                    break;
                case 4 when x.Shape.Rank > 1:
                    var order = Enumerable.Range(1, x.Shape.Rank - 1).OrderBy(_ => random.Next()).Prepend(0);
                    Add(new Transpose([.. order]), x);
                    break;
                case 5 or 6:
                    Add(new Reshape(Regrouped(x.Shape)), x);
                    break;
                case 7:
                    Add(new Clip(new Clamp(Pick(-1, 0), Pick(1, 2, 6))), x);
                    break;
                case 8:
                    Add(new Unary((UnaryKind)Pick((int)UnaryKind.Sigmoid, (int)UnaryKind.Tanh, (int)UnaryKind.Swish)), x);
                    break;
                case 9:
                    var kind = (BinaryKind)Pick((int)BinaryKind.Add, (int)BinaryKind.Mul, (int)BinaryKind.Sub);
                    Add(new Binary(kind), x, BroadcastTo(x.Shape));
                    break;
                case 10:
                    Combine(x);
                    break;
                case 11 when x.Shape.Rank > 1:
                    int axis = random.Next(1, x.Shape.Rank);
                    Add(new Reduce(ReduceKind.Mean, [axis], random.Next(2) == 0), x);
                    break;
                case 12 when x.Shape.Rank > 1:
                    Cut(x);
                    break;
                case 13 when x.Shape.Rank > 1:
                    Add(new MatMul(), x, Constant(new Shape(x.Shape[x.Shape.Rank - 1], Pick(1, 3, 4))));
                    break;
                case 14 when x.Shape.Rank > 1:
                    int channels = x.Shape[1];
                    var positive = Tensor.Of(new Shape(channels), Enumerable.Range(1, channels).Select(c => c / 2f).ToArray());
                    var vector = Constant(new Shape(channels));
                    var variance = new Value("variance", positive);
                    Add(new BatchNormalization(1e-3f), x, vector, Constant(new Shape(channels)), vector, variance);
                    break;
                default:
                    Add(new Softmax(random.Next(x.Shape.Rank), Log: false), x);
                    break;
            }
        }

        private void Convolve(Value x)
        {
            int channels = x.Shape[1], groups = random.Next(3) == 0 ? channels : 1, outputs = groups * Pick(1, 2, 3);
            var window = RandomWindow(x.Shape);
            var weights = Constant(new Shape(outputs, channels / groups, window.Kernel[0], window.Kernel[1]));
            var bias = random.Next(2) == 0 ? null : Constant(new Shape(outputs));
            Add(new Conv(window, groups, Layout.ChannelsFirst), x, weights, bias);
        }

        private void Pool(Value x)
        {
            var window = RandomWindow(x.Shape) with { Dilations = [1, 1] };
            Add(
                random.Next(2) == 0
                    ? new MaxPool(window, Ceiling: false, Layout.ChannelsFirst)
                    : new AveragePool(window, Ceiling: false, random.Next(2) == 0, Layout.ChannelsFirst),
                x);
        }

        private Window RandomWindow(Shape image)
        {
            int height = Math.Min(image[2], Pick(1, 2, 3)), width = Math.Min(image[3], Pick(1, 2, 3));
            int pad = random.Next(2);
            int[] before = [pad * (height - 1), 0], after = [0, pad * (width - 1)];
            return new Window([height, width], [Pick(1, 2), Pick(1, 1, 2)], [1, 1], [.. before], [.. after]);
        }

        /// <summary>Two tensors, or one and itself: joined along an axis, or by an elementwise product.</summary>
        private void Combine(Value x)
        {
            var other = values.Where(value => value.Shape.Equals(x.Shape)).OrderBy(_ => random.Next()).First();
            if (random.Next(2) == 0)
                Add(new Binary(BinaryKind.Mul), x, other);
            else
                Add(new Concat(random.Next(x.Shape.Rank)), x, other, x);
        }

        private void Cut(Value x)
        {
            int axis = random.Next(1, x.Shape.Rank), step = x.Shape[axis] > 2 ? 2 : 1;
            var zeros = Enumerable.Repeat(0, x.Shape.Rank);
            int[] starts = [.. zeros], steps = [.. zeros.Select(_ => 1)], sizes = [.. x.Shape];
            starts[axis] = step == 2 ? 1 : 0;
            steps[axis] = step;
            sizes[axis] /= step;
            Add(new Slice([.. starts], [.. steps], [.. sizes]), x);
            int[] pads = [.. zeros];
            pads[axis] = random.Next(3);
            Add(new Pad(PadMode.Constant, [.. pads], [.. zeros], random.Next(2)), values[^1]);
        }

        /// <summary>A shape whose axes are products or factors of the given ones.</summary>
        private Shape Regrouped(Shape shape)
        {
            var factors = shape.SelectMany(size => size == 6 ? new[] { 2, 3 } : size == 4 ? [2, 2] : [size]).ToList();
            var regrouped = new List<int> { 1 };
            foreach (int factor in factors.Where(factor => factor != 1))
            {
                if (regrouped.Count < 4 && random.Next(3) > 0)
                    regrouped.Add(factor);
                else
                    regrouped[^1] *= factor;
            }

            if (random.Next(2) == 0)
            {
                while (regrouped.Count < 4)
                    regrouped.Insert(random.Next(1, regrouped.Count + 1), 1);
            }

            return new Shape(regrouped);
        }

        private Value BroadcastTo(Shape shape) =>
            Constant(new Shape(shape.Skip(random.Next(shape.Rank)).Select(size => random.Next(2) == 0 ? 1 : size)));

        private Value Constant(Shape shape)
        {
            var numbers = Enumerable.Range(0, shape.Elements).Select(_ => (float)(random.NextDouble() - 0.4));
            return new Value("c" + nodes.Count, Tensor.Of(shape, numbers.ToArray()));
        }

        private void Add(Operator op, params Value?[] inputs)
        {
            var node = Node.Create("n" + nodes.Count, op, [.. inputs], "v" + nodes.Count);
            if (node.Output.Shape.Elements > 5000)
                return;

            nodes.Add(node);
            values.Add(node.Output);
        }

        private int Pick(params int[] choices) => choices[random.Next(choices.Length)];
    }
}
