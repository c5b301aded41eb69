using System.Linq;
using QuantMcu.Compiler.Graph;
using QuantMcu.Compiler.Graph.Operators;

namespace QuantMcu.Cli.Output;

/// <summary>What a node does, in a few words: <c>Conv 3x3 stride 2, Relu</c>.</summary>
internal static class OperatorText
{
    public static string Of(Node node) => node.Operator switch
    {
        Conv conv => ConvName(node, conv) + Geometry(conv.Window) + Activation(conv.Clamp),
        MaxPool pool => pool.Name + Geometry(pool.Window),
        AveragePool pool => pool.Name + Geometry(pool.Window),
        Binary binary => binary.Name + Activation(binary.Clamp),
        Unary unary => unary.Name,
        _ => node.Operator.Name,
    };

    private static string ConvName(Node node, Conv conv)
    {
        var input = node.Inputs[0]!.Shape;
        int channels = conv.Layout == Layout.ChannelsFirst ? input[1] : input[input.Rank - 1];
        return conv.Groups == 1 ? "Conv" : conv.Groups == channels ? "DepthwiseConv" : "GroupedConv";
    }

    private static string Geometry(Window window)
    {
        string text = " " + string.Join("x", window.Kernel);
        if (window.Strides.Any(stride => stride != 1))
            text += " stride " + Axes(window.Strides);
        if (window.Dilations.Any(dilation => dilation != 1))
            text += " dilation " + Axes(window.Dilations);

        return text;
    }

    private static string Axes(System.Collections.Immutable.ImmutableArray<int> axes) =>
        axes.Distinct().Count() == 1 ? Numbers.Text(axes[0]) : string.Join("x", axes);

    private static string Activation(Clamp clamp)
    {
        if (clamp.IsNone)
            return "";

        return clamp == Clamp.Relu ? ", Relu" : ", clip " + Numbers.Range(clamp.Min, clamp.Max);
    }
}
