using System;
using System.Collections.Immutable;
using System.Linq;
using QuantMcu.Compiler.Diagnostics;
using QuantMcu.Compiler.Graph;
using QuantMcu.Compiler.Graph.Operators;

namespace QuantMcu.Compiler.Simplify.Layouts;

/// <summary>Convolution, pooling, resizing: operators that know which axis holds the channels.</summary>
internal sealed partial class ChannelsLastBuilder
{
    private static readonly int[] Untouched = { 0, 1, 2, 3 };

    private void ConvertConv(Node node, Conv conv)
    {
        var weights = ViewOf(node.Inputs[1]!).Physical;
        var bias = node.Inputs.Length > 2 ? node.Inputs[2] : null;
        if (!Weights.AreKnown(rewriter, weights))
            throw new ModelException(OnnxRules.NotConstant, node.Name, "W", conv.Name, weights.Name);

        if (bias is { Constant: null })
            throw new ModelException(OnnxRules.NotConstant, node.Name, "B", conv.Name, bias.Name);

        var x = ConvInput(node, conv, out int[]? order);
        if (conv.Layout == Layout.ChannelsFirst)
            weights = ChannelsLastWeights(weights);

        if (order is not null)
            weights = Weights.Reorder(rewriter, weights, 3, order);

        int outputs = weights.Shape[0];
        bias = bias is null
            ? Constants.Float(node.Name + "/bias", new Shape(outputs), new double[outputs])
            : new Value(bias.Name, bias.Constant!.Reshape(new Shape(outputs)));

        var op = conv with { Window = TwoDimensional(conv.Window), Layout = Layout.ChannelsLast };
        SetImage(node, conv.Layout, EmitAs(node, op, AsOneImage(x, op.Window), weights, bias));
    }

    /// <summary>Where every pixel is by itself, several images are one that is as many times as high.</summary>
    private Value AsOneImage(Value x, Window window)
    {
        bool isPointwise = window.Taps == 1 && window.Strides.All(stride => stride == 1)
            && window.PadsBegin.Concat(window.PadsEnd).All(pad => pad == 0);
        return isPointwise ? arranger.Reshaped(x, new Shape(1, x.Shape[0] * x.Shape[1], x.Shape[2], x.Shape[3])) : x;
    }

    /// <summary>
    /// The image; its channels in the order they have, where the weights can follow (every output sees every channel).
    /// </summary>
    private Value ConvInput(Node node, Conv conv, out int[]? order)
    {
        order = null;
        var view = Input(node, 0);
        return conv.Layout == Layout.ChannelsLast || conv.Groups > 1 || !conv.PadValues.IsEmpty
            ? Image(view, conv.Layout)
            : arranger.ArrangeLoosely(
                view, Arranger.ChannelsLast(view.Shape.Rank), ImageLayout.ChannelsLast(view.Shape), 1, out order);
    }

    private Value ChannelsLastWeights(Value weights)
    {
        var shape = weights.Shape;
        return Weights.Rearrange(rewriter, weights, Arranger.ChannelsLast(shape.Rank), ImageLayout.ChannelsLast(shape));
    }

    private void ConvertPool(Node node, Layout layout, Func<Window, Operator> pool, Window window) =>
        SetImage(node, layout, EmitAs(node, pool(TwoDimensional(window)), Image(Input(node, 0), layout)));

    private Value Image(View view, Layout layout) => layout == Layout.ChannelsLast
        ? arranger.Arrange(view, Untouched)
        : arranger.Arrange(view, Arranger.ChannelsLast(view.Shape.Rank), ImageLayout.ChannelsLast(view.Shape));

    private void SetImage(Node node, Layout layout, Value physical)
    {
        var shape = node.Output.Shape;
        views[node.Output] = layout == Layout.ChannelsLast
            ? View.Of(physical)
            : View.Of(physical, shape, Arranger.ChannelsLast(shape.Rank));
    }

    private static Window TwoDimensional(Window window) => window.Rank == 2
        ? window
        : new Window(
            window.Kernel.Insert(0, 1), window.Strides.Insert(0, 1), window.Dilations.Insert(0, 1),
            window.PadsBegin.Insert(0, 0), window.PadsEnd.Insert(0, 0));

    /// <summary>An image is resized along its middle axes; anything else in the order in which it lies.</summary>
    private void ConvertResize(Node node, Resize resize)
    {
        var view = Input(node, 0);
        int rank = view.Shape.Rank;
        bool isImage = rank is 3 or 4 && resize.Sizes[0] == view.Shape[0] && resize.Sizes[1] == view.Shape[1];
        if (!isImage)
        {
            ConvertAlongAxes(node);
            return;
        }

        int[] order = Arranger.ChannelsLast(rank);
        var sizes = order.Select(axis => resize.Sizes[axis]).ToImmutableArray();
        var scales = order.Select(axis => resize.Scales[axis]).ToImmutableArray();
        var op = rank == 4 ? resize with { Sizes = sizes, Scales = scales }
            : resize with { Sizes = sizes.Insert(1, 1), Scales = scales.Insert(1, 1f) };
        SetImage(node, Layout.ChannelsFirst, EmitAs(node, op, Image(view, Layout.ChannelsFirst)));
    }
}
