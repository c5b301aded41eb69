using System;
using System.Collections.Immutable;
using System.Linq;
using QuantMcu.Compiler.Graph;
using QuantMcu.Compiler.Graph.Operators;

namespace QuantMcu.Compiler.Simplify;

/// <summary>
/// y = Scale[c] * x + Shift[c] on every channel c, in double: a BatchNormalization, a product or sum with constants, the
/// preprocessing. Folding one into a convolution rounds its weights once. Weights have their output channel in axis 0 in either
/// layout.
/// </summary>
internal sealed class ChannelAffine
{
    public ChannelAffine(double[] scale, double[] shift)
    {
        Scale = scale;
        Shift = shift;
    }

    public double[] Scale { get; }

    public double[] Shift { get; }

    public int Channels => Scale.Length;

    public bool HasShift => Shift.Any(shift => shift != 0);

    public bool HasScale => Scale.Any(scale => scale != 1);

    /// <summary>Emits the convolution followed by this map as one convolution.</summary>
    /// <param name="rewriter">Where to.</param>
    /// <param name="producer">A Conv without Clamp; its weights are constant, or this map only shifts.</param>
    /// <param name="outputName">Name of the result.</param>
    public Value FoldAfter(GraphRewriter rewriter, Node producer, string outputName)
    {
        var weights = HasScale ? ScaledOutputs(producer.Inputs[1]!) : producer.Inputs[1]!;
        var bias = Bias(producer);
        var shifted = Constants.Float(
            BiasName(producer), new Shape(Channels), Shift.Select((shift, m) => (bias[m] * Scale[m]) + shift));

        return rewriter.Emit(producer.Name, producer.Operator, outputName, producer.Inputs[0], weights, shifted);
    }

    /// <summary>Whether <see cref="FoldAfter"/> applies to this producer.</summary>
    public bool CanFoldAfter(Node producer) =>
        ((Conv)producer.Operator).Clamp.IsNone && (!HasScale || producer.Inputs[1]!.Constant is not null)
        && (producer.Inputs.Length < 3 || producer.Inputs[2] is null or { Constant: not null });

    /// <summary>
    /// The channels-last convolution of this map's result as a convolution of <paramref name="x"/>. Where padding stood for a
    /// real 0, it now stands for the value that the map sends to 0.
    /// </summary>
    /// <param name="node">The Conv, its constant weights and bias.</param>
    public Value FoldBefore(GraphRewriter rewriter, Node node, Value x)
    {
        var conv = (Conv)node.Operator;
        var weights = node.Inputs[1]!;
        int perGroup = weights.Shape[3], perOutput = weights.Shape.Elements / weights.Shape[0];
        int outputsPerGroup = weights.Shape[0] / conv.Groups;
        var w = weights.Constant!.ToDoubles();
        var bias = Bias(node);
        for (int i = 0; i < w.Length; i++)
        {
            int output = i / perOutput;
            int channel = (output / outputsPerGroup * perGroup) + (i % perGroup);
            bias[output] += w[i] * Shift[channel];
            w[i] *= Scale[channel];
        }

        var op = conv with { PadValues = HasPadding(conv) ? PadValues(conv) : ImmutableArray<float>.Empty };
        return rewriter.Emit(
            node.Name, op, node.Output.Name, x,
            Constants.Float(weights.Name, weights.Shape, w), Constants.Float(BiasName(node), new Shape(bias.Length), bias));
    }

    /// <summary>Emits this map as a per-channel 1x1 convolution of x, which has four axes.</summary>
    public Value EmitDepthwise(
        GraphRewriter rewriter, string name, string outputName, Value x, Layout layout, Clamp? clamp = null) =>
        rewriter.Emit(
            name, new Conv(Window.Pointwise(2), Channels, layout) { Clamp = clamp ?? Clamp.None }, outputName, x,
            Constants.Float(name + "/scale", new Shape(Channels, 1, 1, 1), Scale),
            Constants.Float(name + "/shift", new Shape(Channels), Shift));

    /// <summary>
    /// As <see cref="EmitDepthwise"/>, for x of any shape whose last axis holds the channels: Reshapes make it one image, and
    /// back.
    /// </summary>
    public Value EmitChannelsLast(GraphRewriter rewriter, string name, string outputName, Value x, Clamp? clamp = null)
    {
        if (x.Shape.Rank == 4 && x.Shape[0] == 1)
            return EmitDepthwise(rewriter, name, outputName, x, Layout.ChannelsLast, clamp);

        var shape = new Shape(1, 1, x.Shape.Elements / Channels, Channels);
        var image = rewriter.Emit(name + "/image", new Reshape(shape), name + "/image", x);
        var output = EmitDepthwise(rewriter, name, outputName, image, Layout.ChannelsLast, clamp);
        return rewriter.Emit(outputName + "/reshape", new Reshape(x.Shape), outputName, output);
    }

    /// <summary>The map that a per-channel 1x1 Conv without Clamp computes; null for any other node.</summary>
    public static ChannelAffine? OfDepthwise(Node? node)
    {
        if (node is not { Operator: Conv { Clamp.IsNone: true } conv } || conv.Window.Taps != 1
            || conv.Window.Strides.Any(stride => stride != 1)
            || HasPadding(conv) || node.Inputs[1]!.Constant is not { } weights
            || weights.Shape[0] != conv.Groups || weights.Shape.Elements != conv.Groups)
        {
            return null;
        }

        return new ChannelAffine(weights.ToDoubles(), Bias(node));
    }

    public static bool HasPadding(Conv conv) => conv.Window.PadsBegin.Concat(conv.Window.PadsEnd).Any(pad => pad != 0);

    /// <summary>What the map sends to the padding's values; empty if those are zeros again.</summary>
    private ImmutableArray<float> PadValues(Conv conv) => conv.PadValues.IsEmpty && !HasShift
        ? ImmutableArray<float>.Empty
        : Scale.Select((scale, c) => (float)(((conv.PadValues.IsEmpty ? 0 : conv.PadValues[c]) - Shift[c]) / scale))
            .ToImmutableArray();

    private Value ScaledOutputs(Value weights)
    {
        int perOutput = weights.Shape.Elements / Channels;
        var scaled = weights.Constant!.ToDoubles().Select((w, i) => w * Scale[i / perOutput]);
        return Constants.Float(weights.Name, weights.Shape, scaled);
    }

    private static double[] Bias(Node node) =>
        node.Inputs.Length > 2 && node.Inputs[2]?.Constant is { } bias ? bias.ToDoubles() : new double[node.Inputs[1]!.Shape[0]];

    private static string BiasName(Node node) =>
        node.Inputs.Length > 2 && node.Inputs[2] is { } bias ? bias.Name : node.Name + "/bias";
}
