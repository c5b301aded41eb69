using System;
using System.Collections.Immutable;
using System.Linq;
using System.Threading;
using QuantMcu.Compiler.Graph;
using QuantMcu.Compiler.Graph.Operators;
using QuantMcu.Compiler.Quantization;
using QuantMcu.Compiler.Quantization.Invariants;
using QuantMcu.Compiler.Quantization.Layers;
using QuantMcu.Compiler.Reference.Integer;
using Xunit;

namespace QuantMcu.Compiler.Tests.Reference.Integer;

/// <summary>Every layer on codes small enough to compute by hand.</summary>
public sealed class IntegerInterpreterTests
{
    private static readonly Quantizer Plain = new(1, 0);
    private static readonly Quantizer Centred = new(1, 128);

    /// <summary>Multiplies by exactly <paramref name="eighths"/> / 8: eighths * 2^27 * 2^(PreShift 8 - 32 - Shift 6).</summary>
    private static Requantization Eighths(int zeroPoint, params int[] eighths) =>
        new([.. eighths.Select(e => e << 27)], 8, 6, zeroPoint, 0, 255);

    [Fact]
    public void Requantization_rounds_half_up_and_clamps()
    {
        var half = Eighths(10, 4);

        Assert.Equal(10 + 2, half.Apply(3, 0));
        Assert.Equal(10 - 1, half.Apply(-3, 0));
        Assert.Equal(0, half.Apply(-1000, 0));
        Assert.Equal(255, half.Apply(1000, 0));
        Assert.Equal(14, (half with { Max = 14 }).Apply(1000, 0));
    }

    [Fact]
    public void Conv_sums_weights_times_codes_and_pads_with_the_pad_code()
    {
        // A 2x2 image of one channel, 3x3 window of ones, pad 1 with code 5: every window sees the image (10) and five pads (25).
        var layer = new ConvLayer(
            "conv", [0], 1, Window(3, 1, 1), 1, Enumerable.Repeat((sbyte)1, 9).ToArray(), 8, [1.0], [7], Eighths(0, 8), [5]);

        Assert.Equal([42, 42, 42, 42], Run(layer, new Shape(1, 2, 2, 1), new Shape(1, 2, 2, 1), Plain, [1, 2, 3, 4]));
    }

    [Fact]
    public void Conv_walks_weights_as_output_row_column_channel()
    {
        // One output pixel, kernel 1x2, two channels: acc[m] = w[m,0,0] * x00 + w[m,0,1] * x01 + w[m,1,0] * x10 + w[m,1,1] * x11.
        var window = new Window([1, 2], [1, 1], [1, 1], [0, 0], [0, 0]);
        var layer = new ConvLayer(
            "conv", [0], 1, window, 1, [1, 2, 3, 4, -1, 0, 0, 2], 8, [1, 1], [0, 100], Eighths(0, 8, 4), [0, 0]);

        // 1*1 + 2*2 + 3*3 + 4*4 = 30; (100 - 1 + 8) / 2 = 53.5, rounded up.
        Assert.Equal([30, 54], Run(layer, new Shape(1, 1, 2, 2), new Shape(1, 1, 1, 2), Plain, [1, 2, 3, 4]));
    }

    [Fact]
    public void Conv_with_groups_reads_the_channels_of_its_group()
    {
        var grouped = new ConvLayer("conv", [0], 1, Window(1, 1, 0), 2, [1, 10, 1, 1], 8, [1, 1], [0, 0], Eighths(0, 8), [0, 0, 0, 0]);
        var depthwise = new ConvLayer("conv", [0], 1, Window(1, 1, 0), 4, [1, 2, 3, 4], 8, [1, 1, 1, 1], [0, 0, 0, 1], Eighths(0, 8), [0, 0, 0, 0]);

        Assert.Equal([21, 7], Run(grouped, new Shape(1, 1, 1, 4), new Shape(1, 1, 1, 2), Plain, [1, 2, 3, 4]));
        Assert.Equal([1, 4, 9, 17], Run(depthwise, new Shape(1, 1, 1, 4), new Shape(1, 1, 1, 4), Plain, [1, 2, 3, 4]));
    }

    [Fact]
    public void Conv_strides_and_dilates()
    {
        var window = new Window([1, 2], [1, 2], [1, 3], [0, 1], [0, 0]);
        var layer = new ConvLayer("conv", [0], 1, window, 1, [1, 1], 8, [1], [0], Eighths(0, 8), [50]);

        // Taps at 2i - 1 and 2i + 2: pad + x[2], x[1] + x[4].
        Assert.Equal([53, 7], Run(layer, new Shape(1, 1, 5, 1), new Shape(1, 1, 2, 1), Plain, [1, 2, 3, 4, 5]));
    }

    [Fact]
    public void MatMul_takes_zero_points_off_both_operands()
    {
        var layer = new MatMulLayer("matmul", [0, 1], 2, 1, 2, 2, 1, false, false, Eighths(128, 8));
        var network = Network(layer, [Tensor(Centred, 2, 2), Tensor(Plain, 2, 1), Tensor(Centred, 2, 1)], 2);

        // (1 2; -1 0) * (3 4)
        Assert.Equal([128 + 11, 128 - 3], IntegerInterpreter.Run(network, [[129, 130, 127, 128], [3, 4]])[0].Select(code => (int)code));
    }

    [Fact]
    public void Add_broadcasts_and_subtracts_by_a_negative_multiplier()
    {
        // 2a - b + 1/2, two fraction bits.
        var layer = new AddLayer("add", [0, 1], 2, 8, -4, 2, 2, 0, 255);
        var network = Network(layer, [Tensor(Plain, 2, 2), Tensor(Plain, 2), Tensor(Plain, 2, 2)], 2);

        Assert.Equal([9, 0, 19, 60], Codes(network, [10, 20, 15, 50], [11, 40]));
    }

    [Fact]
    public void Mul_multiplies_differences_from_the_zero_points()
    {
        var layer = new MulLayer("mul", [0, 1], 2, Eighths(128, 8));
        var network = Network(layer, [Tensor(Centred, 1, 3), Tensor(Centred, 1, 1), Tensor(Centred, 1, 3)], 2);

        Assert.Equal([128 + 6, 128 - 9, 128], Codes(network, [126, 131, 128], [125]));
    }

    [Fact]
    public void MaxPool_ignores_padding()
    {
        var layer = new MaxPoolLayer("max", [0], 1, Window(3, 2, 1));

        Assert.Equal([5, 6, 8, 9], Run(layer, new Shape(1, 3, 3, 1), new Shape(1, 2, 2, 1), Plain, [1, 2, 3, 4, 5, 6, 7, 8, 9]));
    }

    [Theory]
    [InlineData(false, 4)]
    [InlineData(true, 1)]
    public void AveragePool_divides_by_the_taps_that_count(bool includePadding, int corner)
    {
        // 2^30 stands for 1 here, so entry k - 1 divides by k.
        var requantization = new Requantization([.. Enumerable.Range(1, 4).Select(count => (1 << 30) / count)], 8, 6, 0, 0, 255);
        var layer = new AveragePoolLayer("average", [0], 1, Window(2, 2, 1), includePadding, requantization);

        // The corner windows see one tap of four: 4 alone, or 4 / 4.
        Assert.Equal(corner, Run(layer, new Shape(1, 2, 2, 1), new Shape(1, 2, 2, 1), Plain, [4, 8, 8, 8])[0]);
    }

    [Theory]
    [InlineData(ReduceKind.Sum, 1 + 3 + 5, 2 + 4 + 6)]
    [InlineData(ReduceKind.Max, 5, 6)]
    public void Reduce_works_on_the_middle_axis(ReduceKind kind, int first, int second)
    {
        var layer = new ReduceLayer("reduce", [0], 1, kind, 1, 3, 2, Eighths(0, 8));

        Assert.Equal([first, second], Run(layer, new Shape(3, 2), new Shape(2), Plain, [1, 2, 3, 4, 5, 6]));
    }

    [Fact]
    public void Lookup_reads_one_table_or_one_per_channel()
    {
        byte[] table = [.. Enumerable.Range(0, 256).Select(code => (byte)(255 - code))];
        byte[] perChannel = [.. table, .. Enumerable.Range(0, 256).Select(code => (byte)(code / 2))];

        Assert.Equal([255, 250], Run(new LookupLayer("table", [0], 1, "Neg", table), new Shape(1, 2), new Shape(1, 2), Plain, [0, 5]));
        Assert.Equal(
            [255, 50, 252, 1],
            Run(new LookupLayer("table", [0], 1, "PRelu", perChannel, PerChannel: true), new Shape(2, 2), new Shape(2, 2), Plain, [0, 100, 3, 3]));
    }

    [Fact]
    public void PRelu_has_a_slope_per_channel_below_zero()
    {
        var layer = new PReluLayer("prelu", [0], 1, Eighths(128, 8), Eighths(128, 4, -8));

        Assert.Equal([128 - 5, 128 + 10, 128 + 7, 128 + 7], Run(layer, new Shape(2, 2), new Shape(2, 2), Centred, [118, 118, 135, 135]));
    }

    [Fact]
    public void Concat_interleaves_along_an_inner_axis()
    {
        var network = Network(
            new ConcatLayer("concat", [0, 1], 2, 1), [Tensor(Plain, 2, 1), Tensor(Plain, 2, 2), Tensor(Plain, 2, 3)], 2);

        Assert.Equal([1, 3, 4, 2, 5, 6], Codes(network, [1, 2], [3, 4, 5, 6]));
    }

    [Fact]
    public void StridedCopy_transposes_and_walks_backward()
    {
        var transpose = new StridedCopyLayer("copy", [0], 1, "Transpose", 0, [1, 3]);
        var reverse = new StridedCopyLayer("copy", [0], 1, "Slice", 5, [-2]);

        Assert.Equal([1, 4, 2, 5, 3, 6], Run(transpose, new Shape(2, 3), new Shape(3, 2), Plain, [1, 2, 3, 4, 5, 6]));
        Assert.Equal([6, 4, 2], Run(reverse, new Shape(6), new Shape(3), Plain, [1, 2, 3, 4, 5, 6]));
    }

    [Theory]
    [InlineData(PadMode.Constant, new[] { 9, 9, 1, 2, 3, 9 })]
    [InlineData(PadMode.Edge, new[] { 1, 1, 1, 2, 3, 3 })]
    [InlineData(PadMode.Reflect, new[] { 3, 2, 1, 2, 3, 2 })]
    [InlineData(PadMode.Wrap, new[] { 2, 3, 1, 2, 3, 1 })]
    public void Pad_follows_its_mode(PadMode mode, int[] expected) =>
        Assert.Equal(expected, Run(new PadLayer("pad", [0], 1, mode, [2], [1], 9), new Shape(3), new Shape(6), Plain, [1, 2, 3]));

    [Fact]
    public void Resize_mixes_two_rows_and_two_columns()
    {
        var rows = new ResizeAxis([0], [1], [512]);
        var columns = new ResizeAxis([0, 1], [1, 1], [256, 0]);
        var layer = new ResizeLayer("resize", [0], 1, rows, columns);

        // Column 0: 3/4 of (10, 30) and 1/4 of (50, 70), averaged over the rows: 3/4 * 20 + 1/4 * 60.
        Assert.Equal([30, 60], Run(layer, new Shape(1, 2, 2, 1), new Shape(1, 1, 2, 1), Plain, [10, 50, 30, 70]));
    }

    [Fact]
    public void Softmax_divides_exponentials_by_their_sum()
    {
        int[] halves = [.. Enumerable.Range(0, 256).Select(below => below < 22 ? 1 << (22 - below) : 0)];
        var layer = new SoftmaxLayer("softmax", [0], 1, 1, 3, 1, halves);

        // Weights 1, 1/2, 1/2 of base 2: shares 1/2, 1/4, 1/4 of 256.
        Assert.Equal([128, 64, 64], Run(layer, new Shape(1, 3), new Shape(1, 3), new Quantizer(1.0 / 256, 0), [7, 6, 6]));
        Assert.Equal([255, 0, 0], Run(layer, new Shape(1, 3), new Shape(1, 3), new Quantizer(1.0 / 256, 0), [255, 0, 0]));
    }

    [Fact]
    public void ArgMax_prefers_the_first_or_the_last_of_equals()
    {
        Assert.Equal([1], Run(new ArgMaxLayer("max", [0], 1, 1, 3, 1, false), new Shape(3), new Shape(1), Plain, [1, 5, 5]));
        Assert.Equal([2], Run(new ArgMaxLayer("max", [0], 1, 1, 3, 1, true), new Shape(3), new Shape(1), Plain, [1, 5, 5]));
    }

    [Fact]
    public void Run_refuses_wrong_inputs_and_stops_when_cancelled()
    {
        var layer = new MaxPoolLayer("max", [0], 1, Window(1, 1, 0));
        var network = Network(layer, [Tensor(Plain, 1, 2, 2, 1), Tensor(Plain, 1, 2, 2, 1)], 1);

        Assert.Throws<ArgumentException>(() => IntegerInterpreter.Run(network, [[1, 2, 3]]));
        Assert.Throws<ArgumentException>(() => IntegerInterpreter.Run(network, []));
        Assert.Throws<OperationCanceledException>(() => IntegerInterpreter.Run(network, [[1, 2, 3, 4]], new CancellationToken(true)));
    }

    private static int[] Run(QuantizedLayer layer, Shape input, Shape output, Quantizer quantizer, byte[] codes) =>
        Codes(Network(layer, [new QuantizedTensor("x", input, quantizer), new QuantizedTensor("y", output, quantizer)], 1), codes);

    private static int[] Codes(QuantizedNetwork network, params byte[][] inputs) =>
        IntegerInterpreter.Run(network, inputs)[0].Select(code => (int)code).ToArray();

    /// <summary>One layer; all tensors but its output are inputs. It satisfies the invariants, or the test would prove nothing.</summary>
    private static QuantizedNetwork Network(QuantizedLayer layer, QuantizedTensor[] tensors, int output)
    {
        var inputs = Enumerable.Range(0, output).Select(i => new NetworkPort("x" + i, i, false, tensors[i].Shape));
        var network = new QuantizedNetwork(
            "test", [.. tensors], [layer], [.. inputs], [new NetworkPort("y", output, false, tensors[output].Shape)]);
        NetworkInvariants.Verify(network);
        return network;
    }

    private static QuantizedTensor Tensor(Quantizer quantizer, params int[] shape) => new("t", new Shape(shape), quantizer);

    private static Window Window(int kernel, int stride, int pad) => new([kernel, kernel], [stride, stride], [1, 1], [pad, pad], [pad, pad]);
}
