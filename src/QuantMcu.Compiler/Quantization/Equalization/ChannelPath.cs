using System.Linq;
using QuantMcu.Compiler.Graph;
using QuantMcu.Compiler.Graph.Operators;

namespace QuantMcu.Compiler.Quantization.Equalization;

/// <summary>Two convolutions with only operators between them that commute with a positive factor per channel.</summary>
/// <param name="First">The convolution whose output channels are scaled.</param>
/// <param name="Second">The one whose input channels are the same channels.</param>
/// <param name="Between">The first one's output.</param>
internal sealed record ChannelPath(Node First, Node Second, Value Between)
{
    public Clamp Clamp => ((Conv)First.Operator).Clamp;

    public int Channels => Between.Shape[3];

    /// <summary>The path that starts at a node, or null.</summary>
    public static ChannelPath? From(Node node, GraphUses uses)
    {
        if (!HasFloatWeights(node) || !Scales(((Conv)node.Operator).Clamp))
            return null;

        int channels = node.Output.Shape[3];
        var value = node.Output;
        while (!uses.IsOutput(value) && uses.Consumers(value).Count == 1)
        {
            var next = uses.Consumers(value)[0];
            if (HasFloatWeights(next) && next.Inputs[0] == value && ((Conv)next.Operator).PadValues.Length == 0)
                return value.Shape[3] == channels ? new ChannelPath(node, next, node.Output) : null;
            if (!Commutes(next, channels))
                return null;

            value = next.Output;
        }

        return null;
    }

    private static bool HasFloatWeights(Node node) =>
        node.Operator is Conv { Layout: Layout.ChannelsLast }
        && node.Inputs[1]!.Constant is not null && node.Inputs.Length > 2 && node.Inputs[2]?.Constant is not null;

    /// <summary>The interval is all numbers, a half axis, or one that may turn out never to bind.</summary>
    private static bool Scales(Clamp clamp) => clamp.Min <= 0 && clamp.Max >= 0;

    private static bool Commutes(Node node, int channels)
    {
        bool homogeneous = node.Operator switch
        {
            Unary { Kind: UnaryKind.LeakyRelu } or MaxPool or AveragePool or Reshape => true,
            PRelu => node.Inputs[1]!.Constant is not null && node.Inputs[0]!.Constant is null,
            Reduce reduce => !reduce.Axes.Contains(node.Inputs[0]!.Shape.Rank - 1),
            Clip clip => clip.Clamp == Clamp.Relu,
            _ => false,
        };
        var output = node.Output.Shape;

        // Row-major order keeps the channel where the last axis stays as long as it is.
        return homogeneous && output.Rank > 0 && output[output.Rank - 1] == channels
            && node.Inputs[0]!.Shape[node.Inputs[0]!.Shape.Rank - 1] == channels;
    }
}
