using System.Collections.Generic;
using System.Collections.Immutable;
using System.Linq;
using QuantMcu.Compiler.Graph;
using QuantMcu.Compiler.Graph.Operators;

namespace QuantMcu.Compiler.Simplify;

/// <summary>
/// Which inputs and outputs of a source model are images in ONNX's order, channels first. Simplify turns exactly these to
/// channels last: [N, C, H, W] to [N, H, W, C] and [N, C, L] to [N, 1, L, C]. Whoever feeds or reads the simplified network asks
/// here.
/// </summary>
public sealed class ImageLayout
{
    private readonly NetworkGraph source;
    private readonly HashSet<Value> images = new();

    private ImageLayout(NetworkGraph source) => this.source = source;

    /// <summary>
    /// Finds the images of a graph: what reaches or leaves a spatial operator, through operators that do not mix axes.
    /// </summary>
    public static ImageLayout Of(NetworkGraph source)
    {
        var layout = new ImageLayout(source);
        foreach (var input in source.Inputs)
        {
            if (ReachesSpatialOperator(source, input))
                layout.images.Add(input);
        }

        foreach (var node in source.Nodes)
        {
            if (IsSpatial(node, 0) || (KeepsAxes(node) && node.Inputs.OfType<Value>().Any(layout.images.Contains)))
                layout.images.UnionWith(node.Outputs.Where(output => output.Shape.Rank is 3 or 4));
        }

        return layout;
    }

    /// <summary>Whether a value of the source is an image with channels in axis 1.</summary>
    public bool IsImage(Value value) => images.Contains(value);

    public bool IsInputImage(int index) => IsImage(source.Inputs[index]);

    public bool IsOutputImage(int index) => IsImage(source.Outputs[index]);

    /// <summary>[N, C, H, W] as [N, H, W, C]; [N, C, L] as [N, 1, L, C].</summary>
    public static Shape ChannelsLast(Shape image) =>
        image.Rank == 4 ? new Shape(image[0], image[2], image[3], image[1]) : new Shape(image[0], 1, image[2], image[1]);

    /// <inheritdoc cref="ChannelsLast(Shape)"/>
    public static Tensor ChannelsLast(Tensor image)
    {
        int[] permutation = image.Shape.Rank == 4 ? new[] { 0, 2, 3, 1 } : new[] { 0, 2, 1 };
        return Constants.Transpose(image, permutation).Reshape(ChannelsLast(image.Shape));
    }

    /// <summary>The axis of a source input that holds its channels: 1 of an image, the last of anything else.</summary>
    public int ChannelAxis(Value input) => IsImage(input) ? 1 : System.Math.Max(0, input.Shape.Rank - 1);

    private static bool ReachesSpatialOperator(NetworkGraph source, Value input)
    {
        var axes = new Dictionary<Value, ImmutableArray<int>>();
        axes[input] = Enumerable.Range(0, input.Shape.Rank).ToImmutableArray();
        foreach (var node in source.Nodes)
        {
            int index = node.Inputs.ToList().FindIndex(value => value is not null && axes.ContainsKey(value));
            if (index < 0)
                continue;

            var order = axes[node.Inputs[index]!];
            if (IsSpatial(node, index))
                return order[0] == 0 && order[1] == 1;

            if (node.Operator is Transpose transpose)
                order = transpose.Permutation.Select(axis => order[axis]).ToImmutableArray();
            else if (!KeepsAxes(node))
                continue;

            foreach (var output in node.Outputs.Where(output => output.Shape.Rank == order.Length))
                axes[output] = order;
        }

        return false;
    }

    /// <summary>Whether input <paramref name="index"/> of a node has channels in axis 1 and space in the axes after it.</summary>
    private static bool IsSpatial(Node node, int index) =>
        index == 0 && node.Inputs[0]!.Shape.Rank is 3 or 4 && node.Operator switch
    {
        Conv conv => conv.Layout == Layout.ChannelsFirst,
        MaxPool pool => pool.Layout == Layout.ChannelsFirst,
        AveragePool pool => pool.Layout == Layout.ChannelsFirst,
        BatchNormalization => true,
        Reduce reduce => node.Inputs[0]!.Shape.Rank == 4 && reduce.Axes.SequenceEqual(new[] { 2, 3 }) && reduce.KeepDims,
        _ => false,
    };

    /// <summary>Whether axis i of the result means what axis i of the inputs means.</summary>
    private static bool KeepsAxes(Node node) => node.Operator switch
    {
        Reshape reshape => reshape.Shape.Equals(node.Inputs[0]!.Shape),
        Transpose or Gather or MatMul or Gemm or ShapeOf or DynamicQuantize => false,
        Reduce reduce => reduce.KeepDims,
        ArgMax argMax => argMax.KeepDims,
        _ => true,
    };
}
