using System;
using System.Collections.Generic;
using System.Collections.Immutable;
using System.Linq;
using QuantMcu.Compiler.Graph;
using QuantMcu.Compiler.Graph.Operators;
using QuantMcu.Compiler.Quantization;
using QuantMcu.Compiler.Quantization.Invariants;
using QuantMcu.Compiler.Quantization.Layers;

namespace QuantMcu.Testing;

/// <summary>
/// Random quantized networks over all layers: odd sizes, single rows, strides to 3, dilation, groups, channels 1 to 33, several
/// outputs, constants, in-place chances; tensors and weights of 8 bits, or of 8, 4 and 2, some of which leave bits of their byte unused. Every one satisfies
/// <see cref="NetworkInvariants"/>.
/// </summary>
public static class RandomNetworks
{
    public static QuantizedNetwork Build(NetworkRecipe recipe)
    {
        var network = new RandomNetworkBuilder(new Random(recipe.Input), recipe.Images, recipe.Mixed);
        foreach (int seed in recipe.Layers)
            network.AddLayer(new Random(seed));

        return network.ToNetwork();
    }

    /// <summary>Codes for the inputs of a network.</summary>
    public static byte[][] Inputs(QuantizedNetwork network, int seed)
    {
        var random = new Random(seed);
        return network.Inputs.Select(port =>
        {
            var codes = new byte[network.Tensor(port.Tensor).Elements];
            random.NextBytes(codes);
            return codes;
        }).ToArray();
    }
}

/// <summary>Adds layers to a growing network.</summary>
internal sealed class RandomNetworkBuilder
{
    private const int MostElements = 12_000;

    private readonly List<QuantizedTensor> tensors = new();
    private readonly List<QuantizedLayer> layers = new();
    private readonly List<int> live = new();
    private readonly ImmutableArray<NetworkPort> inputs;
    private readonly bool signedOutput;
    private readonly bool images;
    private readonly bool mixed;
    private Random random;

    public RandomNetworkBuilder(Random random, bool images, bool mixed)
    {
        this.random = random;
        this.images = images;
        this.mixed = mixed;
        var ports = ImmutableArray.CreateBuilder<NetworkPort>();
        int count = random.Next(5) == 0 ? 2 : 1;
        for (int i = 0; i < count; i++)
        {
            var shape = images
                ? new Shape(1, random.Next(5, 20), random.Next(5, 20), random.Next(1, 6))
                : new Shape(1, Size(), Size(), random.Next(1, 34));
            int tensor = Tensor(shape, RandomQuantizer(8));
            live.Add(tensor);
            ports.Add(new NetworkPort("input " + i, tensor, random.Next(4) == 0, ModelShape(shape)));
        }

        inputs = ports.ToImmutable();
        signedOutput = random.Next(4) == 0;
    }

    public void AddLayer(Random layerRandom)
    {
        random = layerRandom;
        if (images)
        {
            AddImageLayer();
            return;
        }

        int x = random.Next(3) == 0 ? live[random.Next(live.Count)] : live[live.Count - 1];
        Action<int>[] kinds =
        [
            Conv, Conv, Conv, Conv, Depthwise, Depthwise, Add, Add, Mul, MatMul, MaxPool, AveragePool, Reduce, Reduce,
                Lookup, PRelu,
            Concat, StridedCopy, Pad, Resize, Reshape, Softmax, ArgMax,
        ];
        kinds[random.Next(kinds.Length)](x);
    }

    private void AddImageLayer()
    {
        int x = random.Next(8) == 0 ? live[random.Next(live.Count)] : live[live.Count - 1];
        Action<int>[] kinds =
        [
            Conv, Conv, Conv, Conv, Depthwise, Depthwise, Depthwise, Add, Add, Mul, MaxPool, AveragePool, Lookup, PRelu,
            ConcatChannels, ConcatChannels, PadImage, Resize,
        ];
        kinds[random.Next(kinds.Length)](x);
    }

    public QuantizedNetwork ToNetwork()
    {
        var used = new HashSet<int>(layers.SelectMany(layer => layer.Inputs));
        var outputs = live.Where((tensor, i) => !used.Contains(tensor) || i == live.Count - 1).Select(WithEightBits)
            .ToArray().Select((tensor, i) =>
                new NetworkPort("out/" + i, tensor, signedOutput && i == 0, ModelShape(tensors[tensor].Shape)));
        var network = new QuantizedNetwork("random", [.. tensors], [.. layers], inputs, outputs.ToImmutableArray());
        NetworkInvariants.Verify(network);
        return network;
    }

    private static Shape ModelShape(Shape shape) =>
        shape.Rank == 4 ? new Shape(shape[0], shape[3], shape[1], shape[2]) : shape;

    private int Size() => random.Next(4) == 0 ? 1 : random.Next(1, 14);

    private int RandomBits() => mixed ? 8 >> random.Next(3) : 8;

    /// <summary>Of mixed networks some codes leave bits of their byte unused.</summary>
    private Quantizer RandomQuantizer()
    {
        var quantizer = RandomQuantizer(RandomBits());
        int spare = mixed && quantizer.Bits == 8 ? Math.Max(0, random.Next(6) - 2) : 0;
        return quantizer with { SpareBits = spare, ZeroPoint = quantizer.ZeroPoint >> spare };
    }

    private Quantizer RandomQuantizer(int bits) => new(Math.Exp((random.NextDouble() * 8) - 6), random.Next(1 << bits), bits);

    private byte[] RandomCodes(int count, Quantizer quantizer)
    {
        var codes = new byte[count];
        random.NextBytes(codes);
        return Array.ConvertAll(codes, code => (byte)(code & quantizer.MaxCode));
    }

    private int Constant(Shape shape)
    {
        var quantizer = RandomQuantizer();
        return Tensor(shape, quantizer, RandomCodes(shape.Elements, quantizer));
    }

    /// <summary>Ports have 8 bits; a table stands before an output that has fewer.</summary>
    private int WithEightBits(int tensor)
    {
        if (tensors[tensor].Quantizer.Bits == 8)
            return tensor;

        int entries = tensors[tensor].Quantizer.MaxCode + 1;
        int widened = Tensor(tensors[tensor].Shape, new Quantizer(1, 0));
        byte[] table = [.. Enumerable.Range(0, entries).Select(code => (byte)(code * 3))];
        layers.Add(new LookupLayer(Name("widen"), [tensor], widened, "Rescale", table));
        return widened;
    }

    private int Tensor(Shape shape, Quantizer quantizer, byte[]? constant = null)
    {
        tensors.Add(new QuantizedTensor("t" + tensors.Count, shape, quantizer, constant));
        return tensors.Count - 1;
    }

    private int Result(Shape shape, Quantizer? quantizer = null)
    {
        int tensor = Tensor(shape, quantizer ?? RandomQuantizer());
        live.Add(tensor);
        return tensor;
    }

    private string Name(string kind) => kind + layers.Count;

    /// <summary>Shows a tensor of any rank as an image, through a Reshape where it is none.</summary>
    private int AsImage(int x)
    {
        var shape = tensors[x].Shape;
        if (shape.Rank == 4)
            return x;

        int last = shape.Rank == 0 ? 1 : shape[shape.Rank - 1];
        return ReshapeTo(x, new Shape(1, 1, shape.Elements / last, last));
    }

    private int ReshapeTo(int x, Shape shape)
    {
        int y = Tensor(shape, tensors[x].Quantizer);
        layers.Add(new ReshapeLayer(Name("reshape"), [x], y));
        return y;
    }

    private void Reshape(int x)
    {
        var shape = tensors[x].Shape;
        live.Add(ReshapeTo(x, random.Next(2) == 0 ? new Shape(1, shape.Elements) : new Shape(shape.Dimensions.Reverse())));
    }

    /// <summary>A requantization that spreads a range of accumulators over the codes and provably stays in int32.</summary>
    private Requantization Requantize(AccumulatorRange range, Quantizer output, int channels, bool signed = false)
    {
        int preShift = 0;
        while (preShift < 8 && random.Next(2) == 0 && range.ShiftedLeft(preShift + 1).WithZero().FitsInt32)
            preShift++;

        double spread = Math.Max(1.0, range.Magnitude);
        int shift = random.Next(0, 22);
        var multipliers = Enumerable.Range(0, channels).Select(_ =>
        {
            double scale = (0.2 + (2 * random.NextDouble())) * output.MaxCode / spread / (1 << preShift);
            double multiplier = Math.Min(scale * Math.Pow(2, 32 + shift), int.MaxValue);
            while (Math.Abs(spread * (1 << preShift) * multiplier / Math.Pow(2, 32)) > 1 << 29)
                multiplier /= 2;

            return (int)multiplier * (signed && random.Next(2) == 0 ? -1 : 1);
        });
        int min = random.Next(3) == 0 ? output.ZeroPoint : 0;
        return new Requantization(multipliers.ToImmutableArray(), preShift, shift, output.ZeroPoint, min,
            random.Next(min, output.MaxCode + 1));
    }

    private Window Window(Shape image, bool pads, int most = 5)
    {
        int[] kernel = new int[2], strides = new int[2], dilations = new int[2], begin = new int[2], end = new int[2];
        for (int axis = 0; axis < 2; axis++)
        {
            int size = image[axis + 1];
            kernel[axis] = random.Next(1, most + 1);
            dilations[axis] = random.Next(4) == 0 ? random.Next(1, 4) : 1;
            strides[axis] = images && random.Next(2) == 0 ? 1 : random.Next(1, 4);
            int extent = ((kernel[axis] - 1) * dilations[axis]) + 1;
            if (pads && random.Next(4) != 0)
            {
                begin[axis] = random.Next(0, kernel[axis]);
                end[axis] = random.Next(0, kernel[axis]);
            }

            while (extent > size + begin[axis] + end[axis])
            {
                kernel[axis]--;
                dilations[axis] = 1;
                extent = kernel[axis];
                begin[axis] = Math.Min(begin[axis], kernel[axis] - 1);
                end[axis] = Math.Min(end[axis], kernel[axis] - 1);
            }
        }

        return new Window([.. kernel], [.. strides], [.. dilations], [.. begin], [.. end]);
    }

    /// <summary>Some window positions may lie in padding alone, where dilation is large; pools may not have those.</summary>
    private Window PoolWindow(Shape image)
    {
        while (true)
        {
            var window = Window(image, pads: true);
            if (Enumerable.Range(0, 2).All(axis => EveryPositionMeetsTheImage(window, axis, image[axis + 1])))
                return window;
        }
    }

    private static bool EveryPositionMeetsTheImage(Window window, int axis, int size) =>
        Enumerable.Range(0, window.OutputSize(axis, size)).All(position => Enumerable.Range(0, window.Kernel[axis]).Any(tap =>
        {
            int index = (position * window.Strides[axis]) - window.PadsBegin[axis] + (tap * window.Dilations[axis]);
            return index >= 0 && index < size;
        }));

    private static Shape Slide(Shape image, Window window, int channels) =>
        new(image[0], window.OutputSize(0, image[1]), window.OutputSize(1, image[2]), channels);

    private void Conv(int x)
    {
        x = AsImage(x);
        int channels = tensors[x].Shape[3];
        int[] divisors = Enumerable.Range(1, channels).Where(d => channels % d == 0).ToArray();
        int groups = random.Next(3) == 0 ? divisors[random.Next(divisors.Length)] : 1;
        int outputs = groups * random.Next(1, Math.Max(2, (images ? 9 : 34) / groups));
        var window = random.Next(3) == 0 ? Compiler.Graph.Operators.Window.Pointwise(2) : Window(tensors[x].Shape, pads: true);
        Convolution(x, window, groups, outputs);
    }

    private void Depthwise(int x)
    {
        x = AsImage(x);
        int channels = tensors[x].Shape[3];
        Convolution(x, Window(tensors[x].Shape, pads: true), channels, channels);
    }

    private void Convolution(int x, Window window, int groups, int outputs)
    {
        var image = tensors[x].Shape;
        if (Slide(image, window, outputs).Elements > MostElements)
            return;

        int channels = image[3], length = window.Taps * (channels / groups);
        int weightBits = RandomBits(), spare = mixed && weightBits == 8 ? Math.Max(0, random.Next(6) - 2) : 0, largest = (1 << (weightBits - spare - 1)) - 1;
        var weights = Enumerable.Range(0, outputs * length)
            .Select(_ => (sbyte)random.Next(weightBits - spare == 8 && random.Next(50) == 0 ? -128 : -largest, largest + 1)).ToArray();
        var bias = Enumerable.Range(0, outputs).Select(_ => random.Next(-100_000, 100_000)).ToArray();
        var range = new AccumulatorRange(0, 0);
        for (int m = 0; m < outputs; m++)
        {
            var one = AccumulatorRange.Conv(weights, m * length, length, bias[m], tensors[x].Quantizer.MaxCode);
            range = new AccumulatorRange(Math.Min(range.Min, one.Min), Math.Max(range.Max, one.Max));
        }

        var quantizer = RandomQuantizer();
        var requantization = Requantize(range, quantizer, random.Next(2) == 0 ? 1 : outputs);
        byte[] padding = RandomCodes(channels, tensors[x].Quantizer);
        layers.Add(new ConvLayer(
            Name("conv"), [x], Result(Slide(image, window, outputs), quantizer), window, groups, weights, weightBits,
            Enumerable.Repeat(0.01, outputs).ToArray(), bias, requantization, padding)
        {
            FullyConnected = image[1] == 1 && image[2] == 1 && window.Taps == 1,
        });
    }

    /// <summary>An operand that broadcasts with a tensor: another tensor, a constant, or the tensor itself.</summary>
    private (int Tensor, Shape Result) Partner(int x)
    {
        if (images)
            return (ImagePartner(x), tensors[x].Shape);

        var shape = tensors[x].Shape;
        var fitting = live.Where(t => Broadcast.Result(tensors[t].Shape, shape) is { } result && result.Elements <= MostElements)
            .ToArray();
        if (random.Next(2) == 0)
        {
            int partner = fitting[random.Next(fitting.Length)];
            return (partner, Broadcast.Result(tensors[partner].Shape, shape)!);
        }

        var dimensions = shape.Select(d => random.Next(2) == 0 ? d : 1).Skip(random.Next(0, shape.Rank + 1));
        var constant = new Shape(dimensions);
        return (Constant(constant), shape);
    }

    private int ImagePartner(int x)
    {
        var shape = tensors[x].Shape;
        if (random.Next(3) != 0)
        {
            int[] fitting = live.Where(t => tensors[t].Shape.Equals(shape)).ToArray();
            return fitting[random.Next(fitting.Length)];
        }

        int channels = random.Next(2) == 0 ? 1 : shape[3];
        return Constant(random.Next(2) == 0 ? new Shape(channels) : new Shape(1, 1, 1, channels));
    }

    private void Add(int x)
    {
        var (partner, shape) = Partner(x);
        var quantizer = RandomQuantizer();
        int shift = random.Next(1, 20);
        int limit = Math.Min(1 << 21, 1 << shift);
        int a = random.Next(-limit, limit + 1), b = random.Next(-limit, limit + 1), addend = random.Next(-limit, limit + 1) * 100;
        int min = random.Next(0, Math.Min(100, quantizer.MaxCode));
        var operands = random.Next(2) == 0 ? (x, partner) : (partner, x);
        layers.Add(new AddLayer(
            Name("add"), [operands.Item1, operands.Item2], Result(shape, quantizer), a, b, addend, shift, min,
                random.Next(min, quantizer.MaxCode + 1)));
    }

    private void Mul(int x)
    {
        var (partner, shape) = Partner(x);
        var quantizer = RandomQuantizer();
        var range = AccumulatorRange.Product(tensors[x].Quantizer, tensors[partner].Quantizer);
        var requantization = Requantize(range, quantizer, 1);
        var operands = random.Next(2) == 0 ? (x, partner) : (partner, x);
        layers.Add(new MulLayer(Name("mul"), [operands.Item1, operands.Item2], Result(shape, quantizer), requantization));
    }

    private void MatMul(int x)
    {
        x = AsImage(x);
        var shape = tensors[x].Shape;
        int batch = shape[0] * shape[1], m = shape[2], k = shape[3], n = random.Next(1, 20);
        bool shared = batch == 1 || random.Next(2) == 0;
        int b = Constant(new Shape(shared ? 1 : batch, k, n));
        var quantizer = RandomQuantizer();
        var range = AccumulatorRange.Product(tensors[x].Quantizer, tensors[b].Quantizer).Times(k);
        layers.Add(new MatMulLayer(
            Name("matmul"), [x, b], Result(new Shape(shape[0], shape[1], m, n), quantizer), batch, m, k, n, false, shared,
            Requantize(range, quantizer, 1)));
    }

    private void MaxPool(int x)
    {
        x = AsImage(x);
        var window = PoolWindow(tensors[x].Shape);
        var shape = Slide(tensors[x].Shape, window, tensors[x].Shape[3]);
        layers.Add(new MaxPoolLayer(Name("maxpool"), [x], Result(shape, tensors[x].Quantizer), window));
    }

    private void AveragePool(int x)
    {
        x = AsImage(x);
        var window = PoolWindow(tensors[x].Shape);
        var quantizer = RandomQuantizer();
        var range = AccumulatorRange.Difference(tensors[x].Quantizer).Times(window.Taps);
        var shape = Slide(tensors[x].Shape, window, tensors[x].Shape[3]);
        layers.Add(new AveragePoolLayer(
            Name("average"), [x], Result(shape, quantizer), window, random.Next(2) == 0,
                Requantize(range, quantizer, window.Taps)));
    }

    /// <summary>Splits a shape at an axis into the lines that reductions and softmax run along.</summary>
    private (int Outer, int Length, int Inner, Shape Reduced) Lines(int x)
    {
        var shape = tensors[x].Shape;
        int axis = random.Next(0, Math.Max(1, shape.Rank));
        int last = shape.Rank == 4 && random.Next(2) == 0 ? Math.Min(2, shape.Rank - 1) : axis;
        axis = last == axis ? axis : 1;
        int outer = shape.Take(axis).Aggregate(1, (p, d) => p * d);
        int length = shape.Skip(axis).Take(last - axis + 1).Aggregate(1, (p, d) => p * d);
        return (outer, length, shape.Elements / outer / length,
            new Shape(shape.Select((d, i) => i >= axis && i <= last ? 1 : d)));
    }

    private void Reduce(int x)
    {
        var (outer, length, inner, shape) = Lines(x);
        var kind = (ReduceKind)random.Next(3);
        var quantizer = kind == ReduceKind.Max ? tensors[x].Quantizer : RandomQuantizer();
        var range = AccumulatorRange.Difference(tensors[x].Quantizer).Times(length);
        layers.Add(new ReduceLayer(
            Name("reduce"), [x], Result(shape, quantizer), kind, outer, length, inner, Requantize(range, quantizer, 1)));
    }

    private void Lookup(int x) => Lookup(x, RandomQuantizer());

    private void Lookup(int x, Quantizer quantizer)
    {
        var shape = tensors[x].Shape;
        bool perChannel = shape.Rank > 0 && random.Next(2) == 0;
        int y = Result(shape, quantizer);
        int entries = (tensors[x].Quantizer.MaxCode + 1) * (perChannel ? shape[shape.Rank - 1] : 1);
        byte[] table = RandomCodes(entries, tensors[y].Quantizer);
        layers.Add(new LookupLayer(Name("lookup"), [x], y, "Sigmoid", table, perChannel));
    }

    private void PRelu(int x)
    {
        var shape = tensors[x].Shape;
        var quantizer = RandomQuantizer();
        var range = AccumulatorRange.Difference(tensors[x].Quantizer);
        int channels = shape.Rank == 0 || random.Next(2) == 0 ? 1 : shape[shape.Rank - 1];
        layers.Add(new PReluLayer(
            Name("prelu"), [x], Result(shape, quantizer), Requantize(range, quantizer, 1),
                Requantize(range, quantizer, channels, signed: true)));
    }

    private void Concat(int x)
    {
        var shape = tensors[x].Shape;
        if (shape.Rank == 0 || shape.Elements > MostElements / 4)
            return;

        int axis = random.Next(0, shape.Rank);
        var parts = live.Where(t => tensors[t].Quantizer == tensors[x].Quantizer && tensors[t].Shape.Equals(shape)).Take(2)
            .Append(x).ToArray();
        var dimensions = shape.Dimensions.SetItem(axis, shape[axis] * parts.Length);
        layers.Add(new ConcatLayer(Name("concat"), [.. parts], Result(new Shape(dimensions), tensors[x].Quantizer), axis));
    }

    /// <summary>Images of one size, each given the same quantizer by a table.</summary>
    private void ConcatChannels(int x)
    {
        var shape = tensors[x].Shape;
        var parts = live.Where(t => tensors[t].Shape[1] == shape[1] && tensors[t].Shape[2] == shape[2]).Reverse().Take(random.Next(1, 4)).ToArray();
        int channels = parts.Sum(t => tensors[t].Shape[3]);
        if (channels * shape[1] * shape[2] > MostElements)
            return;

        var quantizer = RandomQuantizer();
        int[] operands = parts.Select(part =>
        {
            Lookup(part, quantizer);
            int rescaled = live[live.Count - 1];
            live.RemoveAt(live.Count - 1);
            return rescaled;
        }).ToArray();
        layers.Add(new ConcatLayer(
            Name("concat"), [.. operands], Result(new Shape(1, shape[1], shape[2], channels), quantizer), 3));
    }

    private void StridedCopy(int x)
    {
        var shape = tensors[x].Shape;
        int[] strides = shape.Strides();
        if (random.Next(2) == 0)
        {
            int[] order = Enumerable.Range(0, shape.Rank).OrderBy(_ => random.Next()).ToArray();
            Copy(x, "Transpose", new Shape(order.Select(axis => shape[axis])), 0, order.Select(axis => strides[axis]));
            return;
        }

        int offset = 0;
        var sizes = new int[shape.Rank];
        for (int axis = 0; axis < shape.Rank; axis++)
        {
            int step = random.Next(1, 4) * (random.Next(4) == 0 ? -1 : 1);
            int start = random.Next(0, shape[axis]);
            int room = step > 0 ? (shape[axis] - 1 - start) / step : start / -step;
            sizes[axis] = random.Next(1, room + 2);
            offset += start * strides[axis];
            strides[axis] *= step;
        }

        Copy(x, "Slice", new Shape(sizes), offset, strides);
    }

    private void Copy(int x, string function, Shape shape, int offset, IEnumerable<int> strides) => layers.Add(
        new StridedCopyLayer(Name("copy"), [x], Result(shape, tensors[x].Quantizer), function, offset, [.. strides]));

    private void Pad(int x)
    {
        var shape = tensors[x].Shape;
        if (shape.Elements > 1000)
            return;

        var begin = shape.Select(_ => random.Next(3) == 0 ? random.Next(0, 3) : 0).ToImmutableArray();
        var end = shape.Select(d => random.Next(3) == 0 ? random.Next(d > 1 ? -1 : 0, 3) : 0).ToImmutableArray();
        var result = new Shape(shape.Select((d, axis) => d + begin[axis] + end[axis]));
        layers.Add(new PadLayer(
            Name("pad"), [x], Result(result, tensors[x].Quantizer), (PadMode)random.Next(4), begin, end,
            (byte)random.Next(tensors[x].Quantizer.MaxCode + 1)));
    }

    private void PadImage(int x)
    {
        var shape = tensors[x].Shape;
        var begin = shape.Select((d, axis) => axis == 0 ? 0 : random.Next(d > 3 ? -1 : 0, 3)).ToImmutableArray();
        var end = shape.Select((d, axis) => axis == 0 ? 0 : random.Next(d > 3 ? -1 : 0, 3)).ToImmutableArray();
        var result = new Shape(shape.Select((d, axis) => d + begin[axis] + end[axis]));
        if (result.Elements <= MostElements)
            layers.Add(new PadLayer(
                Name("pad"), [x], Result(result, tensors[x].Quantizer), PadMode.Constant, begin, end,
                (byte)random.Next(tensors[x].Quantizer.MaxCode + 1)));
    }

    private void Resize(int x)
    {
        x = AsImage(x);
        var shape = tensors[x].Shape;
        bool nearest = random.Next(2) == 0;
        var rows = ResizeAxis(shape[1], random.Next(1, 9), nearest);
        var columns = ResizeAxis(shape[2], random.Next(1, 9), nearest);
        var result = new Shape(shape[0], rows.Low.Length, columns.Low.Length, shape[3]);
        layers.Add(new ResizeLayer(Name("resize"), [x], Result(result, tensors[x].Quantizer), rows, columns));
    }

    private ResizeAxis ResizeAxis(int from, int to, bool nearest)
    {
        var anywhere = Enumerable.Range(0, to).Select(_ => random.Next(0, from)).ToArray();
        var low = (images ? anywhere.OrderBy(index => index) : anywhere.AsEnumerable()).ToImmutableArray();
        var high = low.Select(index => Math.Min(index + 1, from - 1)).ToImmutableArray();
        return new ResizeAxis(low, high, low.Select(_ => nearest ? 0 : random.Next(0, 1025)).ToImmutableArray());
    }

    private void Softmax(int x)
    {
        var (outer, length, inner, _) = Lines(x);
        int bits = 14;
        double slope = 0.01 + (random.NextDouble() * 0.1);
        int[] exponentials = Enumerable.Range(0, tensors[x].Quantizer.MaxCode + 1).Select(i => (int)Math.Round((1 << bits) * Math.Exp(-slope * i))).ToArray();
        bool log = random.Next(2) == 0;
        var quantizer = log ? RandomQuantizer(8) : new Quantizer(1.0 / 256, 0);
        layers.Add(new SoftmaxLayer(Name("softmax"), [x], Result(tensors[x].Shape, quantizer), outer, length, inner, exponentials)
        {
            Log = log ? LogTable(bits, quantizer.ZeroPoint) : null,
        });
    }

    private LogSoftmaxTable LogTable(int bits, int zeroPoint)
    {
        int shift = random.Next(1, 14);
        int octave = random.Next(1, 1 << (shift + 3));
        int[] logarithms = Enumerable.Range(0, 256).Select(t => (int)(octave * Math.Log(1 + (t / 256.0), 2))).ToArray();
        return new LogSoftmaxTable(bits, octave, logarithms, random.Next(0, 1 << shift), shift, zeroPoint);
    }

    private void ArgMax(int x)
    {
        var (outer, length, inner, shape) = Lines(x);
        if (length > 256)
            return;

        int bits = mixed && length <= 4 ? 2 : mixed && length <= 16 ? 4 : 8;
        layers.Add(new ArgMaxLayer(
            Name("argmax"), [x], Result(shape, new Quantizer(1, 0, bits)), outer, length, inner, random.Next(2) == 0));
    }
}
