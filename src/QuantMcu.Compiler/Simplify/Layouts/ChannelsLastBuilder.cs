using System.Collections.Generic;
using System.Collections.Immutable;
using System.Linq;
using System.Threading;
using QuantMcu.Compiler.Graph;
using QuantMcu.Compiler.Graph.Operators;

namespace QuantMcu.Compiler.Simplify.Layouts;

/// <summary>Builds the channels-last form of a graph, keeping a <see cref="View"/> of every source value.</summary>
internal sealed partial class ChannelsLastBuilder
{
    private readonly NetworkGraph source;
    private readonly GraphRewriter rewriter;
    private readonly Arranger arranger;
    private readonly ImageLayout images;
    private readonly Dictionary<Value, View> views = new();

    public ChannelsLastBuilder(NetworkGraph source, ImageLayout images)
    {
        this.source = source;
        rewriter = new GraphRewriter(source);
        arranger = new Arranger(rewriter);
        this.images = images;
    }

    public NetworkGraph Build(CancellationToken cancellation)
    {
        for (int i = 0; i < source.Inputs.Length; i++)
            TakeInput(i);

        foreach (var node in source.Nodes)
        {
            cancellation.ThrowIfCancellationRequested();
            Convert(node);
        }

        for (int i = 0; i < source.Outputs.Length; i++)
            rewriter.Replace(source.Outputs[i], Output(i));

        return rewriter.Finish();
    }

    private void TakeInput(int index)
    {
        var input = source.Inputs[index];
        if (!images.IsInputImage(index))
            return;

        var physical = new Value(input.Name, new TensorType(input.Type.Element, ImageLayout.ChannelsLast(input.Shape)));
        rewriter.ReplaceInput(index, physical);
        views[input] = View.Of(physical, input.Shape, Arranger.ChannelsLast(input.Shape.Rank));
    }

    private Value Output(int index)
    {
        var output = source.Outputs[index];
        var view = ViewOf(output);
        return images.IsOutputImage(index)
            ? arranger.Arrange(view, Arranger.ChannelsLast(output.Shape.Rank), ImageLayout.ChannelsLast(output.Shape))
            : arranger.Canonical(view);
    }

    private View ViewOf(Value value)
    {
        if (!views.TryGetValue(value, out var view))
            views[value] = view = View.Of(value);

        return view;
    }

    private View Input(Node node, int index) => ViewOf(node.Inputs[index]!);

    private void Convert(Node node)
    {
        switch (node.Operator)
        {
            case Reshape reshape:
                views[node.Output] = Input(node, 0).Reshape(reshape.Shape);
                break;
            case Transpose transpose:
                views[node.Output] = Transposed(Input(node, 0), transpose);
                break;
            case Conv conv:
                ConvertConv(node, conv);
                break;
            case MaxPool pool:
                ConvertPool(node, pool.Layout, w => pool with { Window = w, Layout = Layout.ChannelsLast }, pool.Window);
                break;
            case AveragePool pool:
                ConvertPool(node, pool.Layout, w => pool with { Window = w, Layout = Layout.ChannelsLast }, pool.Window);
                break;
            case Resize resize:
                ConvertResize(node, resize);
                break;
            case Unary or Clip or Cast or Identity:
                ConvertElementwise(node);
                break;
            case Quantize or Dequantize:
                ConvertQuantizer(node);
                break;
            case Binary or PRelu:
                ConvertBinary(node);
                break;
            case Slice or Pad or Split or Concat or Softmax or ArgMax or Reduce or Expand:
                ConvertAlongAxes(node);
                break;
            default:
                KeepCanonical(node);
                break;
        }
    }

    private View Transposed(View view, Transpose transpose) =>
        view.Transpose(transpose.Permutation) ?? View.Of(arranger.Canonical(view)).Transpose(transpose.Permutation)!;

    /// <summary>For operators that mix axes: on the tensors as the source has them.</summary>
    private void KeepCanonical(Node node)
    {
        var operands = node.Inputs.Select(input => input is null ? null : arranger.Canonical(ViewOf(input))).ToArray();
        EmitAs(node, node.Operator, operands);
        foreach (var output in node.Outputs)
            views[output] = View.Of(rewriter.Map(output));
    }

    /// <summary>Emits the node under its own names and returns its first output.</summary>
    private Value EmitAs(Node node, Operator @operator, params Value?[] operands)
    {
        var names = node.Outputs.Select(output => output.Name).ToArray();
        var outputs = rewriter.EmitNode(node.Name, @operator, ImmutableArray.Create(operands), names);
        for (int i = 0; i < outputs.Length; i++)
            rewriter.Replace(node.Outputs[i], outputs[i]);

        return outputs[0];
    }
}
