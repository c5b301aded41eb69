using System;
using System.Collections.Immutable;
using System.Linq;
using QuantMcu.Compiler.Graph;
using QuantMcu.Compiler.Graph.Operators;

namespace QuantMcu.Compiler.Tests.Quantization;

/// <summary>A network of one operator (or two).</summary>
/// <param name="Name">Of the case.</param>
/// <param name="Build">Adds it to a sketch; gives its output.</param>
/// <param name="Bound">
/// Largest error allowed in output codes at 8 bits: 0.5 for one rounding and a little for multipliers; more where weights or constants are rounded, or
/// where two layers round one after the other.
/// </param>
/// <param name="Amplitude">Samples lie in [-Amplitude, Amplitude].</param>
internal sealed record OperatorCase(string Name, Func<GraphSketch, Value> Build, double Bound, double Amplitude = 1);

/// <summary>Every operator that has an integer form.</summary>
internal static class OperatorCases
{
    public static readonly ImmutableArray<OperatorCase> All =
    [
        new("Add", s => s.Add(new Binary(BinaryKind.Add), s.Input(1, 4, 4, 3), s.Input(1, 4, 4, 3)), 0.52),
        new("Add broadcast", s => s.Add(new Binary(BinaryKind.Add), s.Input(1, 4, 4, 3), s.Input(1, 1, 1, 3)), 0.52),
        new("Add constant tensor", s => s.Add(new Binary(BinaryKind.Add), s.Input(1, 4, 4, 3), s.Random(1, 4, 4, 3)), 1.1),
        new("Add constant number", s => s.Add(new Binary(BinaryKind.Add), s.Input(1, 4, 4, 3), GraphSketch.Constant([0.7f])), 0.51),
        new("Add clamped", s => s.Add(new Binary(BinaryKind.Add) { Clamp = new Clamp(-0.25f, 0.5f) }, s.Input(1, 4, 4, 3), s.Input(1, 4, 4, 3)), 0.52),
        new("Sub", s => s.Add(new Binary(BinaryKind.Sub), s.Input(1, 4, 4, 3), s.Input(1, 4, 4, 3)), 0.52),
        new("Sub number minus tensor", s => s.Add(new Binary(BinaryKind.Sub), GraphSketch.Constant([1f]), s.Input(1, 4, 4, 3)), 0.51),
        new("Mul", s => s.Add(new Binary(BinaryKind.Mul), s.Input(1, 4, 4, 3), s.Input(1, 4, 4, 3)), 0.52),
        new("Mul broadcast", s => s.Add(new Binary(BinaryKind.Mul), s.Input(1, 4, 4, 3), s.Input(1, 1, 1, 3)), 0.52),
        new("Div by constants", s => s.Add(new Binary(BinaryKind.Div), s.Input(1, 4, 4, 2), GraphSketch.Constant([2f, 3f], 2)), 1.1),
        new("Max with number", s => s.Add(new Binary(BinaryKind.Max), s.Input(1, 4, 4, 3), GraphSketch.Constant([0.1f])), 0.51),
        new("Pow with number", s => s.Add(new Binary(BinaryKind.Pow), s.Input(1, 4, 4, 3), GraphSketch.Constant([2f])), 0.51),
        new("MatMul", s => s.Add(new MatMul(), s.Input(1, 2, 5, 7), s.Input(1, 2, 7, 3)), 0.52),
        new("MatMul shared", s => s.Add(new MatMul(), s.Input(3, 5, 7), s.Input(7, 3)), 0.52),
        new("MatMul vector", s => s.Add(new MatMul(), s.Input(5, 7), s.Input(7)), 0.52),
        new("Conv 1x1", s => s.Conv(s.Input(1, 6, 5, 8), 16), 1.2),
        new("Conv 3x3 padded", s => s.Conv(s.Input(1, 6, 5, 4), 8, kernel: 3, pad: 1), 1.2),
        new("Conv stride 3", s => s.Conv(s.Input(1, 9, 8, 4), 8, kernel: 3, stride: 3, pad: 1), 1.2),
        new("Conv dilated", s => s.Conv(s.Input(1, 9, 8, 4), 8, kernel: 3, pad: 2, dilation: 2), 1.2),
        new("Conv grouped", s => s.Conv(s.Input(1, 6, 5, 12), 6, kernel: 3, pad: 1, groups: 3), 1.2),
        new("DepthwiseConv", s => s.Conv(s.Input(1, 6, 5, 12), 12, kernel: 3, pad: 1, groups: 12), 1.2),
        new("Conv relu", s => s.Conv(s.Input(1, 6, 5, 8), 16, clamp: Clamp.Relu), 1.2),
        new("Conv clamped", s => s.Conv(s.Input(1, 6, 5, 8), 16, clamp: new Clamp(-0.5f, 0.75f)), 2.5),
        new("FullyConnected", s => s.Conv(s.Input(1, 1, 1, 64), 10), 1.2),
        new("Clip", s => s.Add(new Clip(new Clamp(-0.3f, 0.6f)), s.Input(1, 4, 4, 3)), 0.51),
        new("PRelu one slope", s => s.Add(new PRelu(), s.Input(1, 4, 4, 3), GraphSketch.Constant([0.2f])), 0.51),
        new("PRelu per channel", s => s.Add(new PRelu(), s.Input(1, 4, 4, 3), GraphSketch.Constant([0.2f, -0.5f, 0.01f], 3)), 0.52),
        new("MaxPool", s => s.Add(new MaxPool(GraphSketch.Square(3, 2, 1), false, Layout.ChannelsLast), s.Input(1, 7, 6, 3)), 0.01),
        new("MaxPool ceiling", s => s.Add(new MaxPool(GraphSketch.Square(2, 2), true, Layout.ChannelsLast), s.Input(1, 7, 5, 3)), 0.01),
        new("AveragePool", s => s.Add(new AveragePool(GraphSketch.Square(3, 2, 1), false, false, Layout.ChannelsLast), s.Input(1, 7, 6, 3)), 0.52),
        new("AveragePool ceiling", s => s.Add(new AveragePool(GraphSketch.Square(3, 2, 1), true, true, Layout.ChannelsLast), s.Input(1, 8, 6, 3)), 0.52),
        new("AveragePool global", s => s.Add(new AveragePool(GraphSketch.Square(7), false, true, Layout.ChannelsLast), s.Input(1, 7, 7, 3)), 0.52),
        new("ReduceMean of image", s => s.Add(new Reduce(ReduceKind.Mean, [1, 2], true), s.Input(1, 5, 6, 3)), 0.52),
        new("ReduceMean of far axes", s => s.Add(new Reduce(ReduceKind.Mean, [1, 3], false), s.Input(1, 5, 6, 3)), 0.52),
        new("ReduceSum", s => s.Add(new Reduce(ReduceKind.Sum, [2], false), s.Input(1, 5, 6, 3)), 0.52),
        new("ReduceMax", s => s.Add(new Reduce(ReduceKind.Max, [1, 2], true), s.Input(1, 5, 6, 3)), 0.01),
        new("Concat", s => s.Add(new Concat(3), s.Input(1, 4, 4, 3), s.Input(1, 4, 4, 2), s.Random(1, 1, 4, 4, 1)), 1.01),
        new("Reshape", s => s.Add(new Reshape(new Shape(1, 48)), s.Input(1, 4, 4, 3)), 0.01),
        new("Slice", s => s.Add(new Slice([0, 3, 1, 0], [1, -1, 2, 1], [1, 3, 2, 3]), s.Input(1, 4, 4, 3)), 0.01),
        new("Transpose", s => s.Add(new Transpose([0, 3, 1, 2]), s.Input(1, 4, 5, 3)), 0.01),
        new("Expand", s => s.Add(new Expand(new Shape(2, 4, 5, 3)), s.Input(4, 1, 3)), 0.01),
        new("Gather", s => s.Add(new Gather(1), s.Input(2, 6, 3), GraphSketch.Integers([-1, 3, 1], ElementType.Int64, 3)), 0.01),
        new("Pad zero", s => s.Add(new Pad(PadMode.Constant, [0, 1, 0, 0], [0, 0, 2, 1], 0), s.Input(1, 4, 4, 3)), 0.01),
        new("Pad value", s => s.Add(new Pad(PadMode.Constant, [0, 1, 0, 0], [0, 0, 2, 1], 3), s.Input(1, 4, 4, 3)), 0.51),
        new("Pad crop and reflect", s => s.Add(new Pad(PadMode.Reflect, [0, 2, -1, 0], [0, 3, 2, 0], 0), s.Input(1, 4, 4, 3)), 0.01),
        new("Pad edge", s => s.Add(new Pad(PadMode.Edge, [0, 2, 1, 0], [0, 3, 2, 0], 0), s.Input(1, 4, 4, 3)), 0.01),
        new("Resize nearest", s => s.Add(Resize(ResizeMode.Nearest, CoordinateMode.Asymmetric), s.Input(1, 4, 4, 3)), 0.01),
        new("Resize linear", s => s.Add(Resize(ResizeMode.Linear, CoordinateMode.HalfPixel), s.Input(1, 4, 4, 3)), 0.7),
        new("Resize linear corners", s => s.Add(Resize(ResizeMode.Linear, CoordinateMode.AlignCorners), s.Input(1, 4, 4, 3)), 0.7),
        new("Softmax", s => s.Add(new Softmax(1, false), s.Input(1, 10)), 0.6, Amplitude: 6),
        new("Softmax of columns", s => s.Add(new Softmax(1, false), s.Input(2, 5, 3)), 0.6, Amplitude: 6),
        new("LogSoftmax", s => s.Add(new Softmax(1, true), s.Input(1, 10)), 0.8, Amplitude: 6),
        .. Enum.GetValues<UnaryKind>().Where(kind => kind is not (UnaryKind.Log or UnaryKind.Sqrt or UnaryKind.Reciprocal))
            .Select(kind => new OperatorCase(kind.ToString(), s => s.Add(new Unary(kind, 0.3f, 0.6f), s.Input(1, 4, 4, 3)), 0.51, Amplitude: 3)),
        .. new[] { UnaryKind.Log, UnaryKind.Sqrt, UnaryKind.Reciprocal }
            .Select(kind => new OperatorCase(kind.ToString(), s => s.Add(new Unary(kind), Positive(s, 1, 4, 4, 3)), 1.7)),
    ];

    public static Resize Resize(ResizeMode mode, CoordinateMode coordinates) =>
        new(mode, coordinates, NearestMode.Floor, [1, 8, 6, 3], [1, 2, 1.5f, 1]);

    private static Value Positive(GraphSketch sketch, params int[] shape) =>
        sketch.Add(new Binary(BinaryKind.Add), sketch.Input(shape), GraphSketch.Constant([2f]));
}
