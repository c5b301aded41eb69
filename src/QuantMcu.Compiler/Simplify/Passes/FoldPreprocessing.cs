using System.Collections.Generic;
using System.Linq;
using System.Threading;
using QuantMcu.Compiler.Calibration;
using QuantMcu.Compiler.Diagnostics;
using QuantMcu.Compiler.Graph;
using QuantMcu.Compiler.Graph.Operators;

namespace QuantMcu.Compiler.Simplify.Passes;

/// <summary>
/// Makes the first input the raw code: real = (code - Mean) / Std goes into the convolutions that read it, directly or through
/// Reshapes, and their padding becomes the code that stands for 0. Any other consumer reads a per-channel 1x1 convolution of the
/// codes. Channels last.
/// </summary>
public sealed class FoldPreprocessing : GraphPass
{
    private readonly InputPreprocessing preprocessing;

    public FoldPreprocessing(InputPreprocessing preprocessing) => this.preprocessing = preprocessing;

    public override NetworkGraph Run(NetworkGraph graph, CancellationToken cancellation)
    {
        var input = graph.Inputs[0];
        if (!input.Type.Element.IsFloat())
            return OfCodes(graph);

        var rewriter = new GraphRewriter(graph);
        var codes = new Dictionary<Value, ChannelAffine> { [input] = Affine(input.Shape) };
        var reals = new Dictionary<Value, Value>();
        foreach (var node in graph.Nodes)
        {
            cancellation.ThrowIfCancellationRequested();
            Convert(rewriter, node, codes, reals);
        }

        foreach (var output in graph.Outputs.Where(codes.ContainsKey))
            rewriter.Replace(output, Real(rewriter, output, codes[output], reals));

        return rewriter.Finish();
    }

    public override Tensor MapInput(NetworkGraph before, int index, Tensor value)
    {
        if (index != 0 || !value.Element.IsFloat())
            return value;

        var affine = Affine(value.Shape);
        return Tensor.Of(value.Shape, value.Floats.Select((real, i) =>
            (float)((real - affine.Shift[i % affine.Channels]) / affine.Scale[i % affine.Channels])).ToArray());
    }

    /// <summary>A model that takes codes says itself what they mean; there is nothing to fold.</summary>
    private NetworkGraph OfCodes(NetworkGraph graph)
    {
        double offset = preprocessing.SampleType == SampleType.Int8 ? InputPreprocessing.Int8Offset : 0;
        if (preprocessing.Mean.Any(mean => mean != offset) || preprocessing.Std.Any(std => std != 1))
        {
            string problem = "do not apply, since the model takes codes of type " + graph.Inputs[0].Type.Element;
            throw new ModelException(RequestRules.PreprocessingDoesNotFit, "Mean and Std", problem);
        }

        return graph;
    }

    private void Convert(
        GraphRewriter rewriter, Node node, Dictionary<Value, ChannelAffine> codes, Dictionary<Value, Value> reals)
    {
        bool readsCodes = node.Inputs.Length > 0 && node.Inputs[0] is { } first && codes.ContainsKey(first);
        if (readsCodes && node.Operator is Conv && node.Inputs[1]!.Constant is not null)
        {
            var affine = codes[node.Inputs[0]!];
            rewriter.Replace(node.Output, affine.FoldBefore(rewriter, rewriter.OnNewInputs(node), rewriter.Input(node, 0)));
            return;
        }

        if (readsCodes && node.Operator is Reshape && Reshaped(codes[node.Inputs[0]!], node.Output.Shape) is { } reshaped)
        {
            codes[node.Output] = reshaped;
            rewriter.Keep(node);
            return;
        }

        KeepOnReals(rewriter, node, codes, reals);
    }

    private static void KeepOnReals(
        GraphRewriter rewriter, Node node, Dictionary<Value, ChannelAffine> codes, Dictionary<Value, Value> reals)
    {
        var inputs = node.Inputs.OfType<Value>().Where(codes.ContainsKey).Distinct().ToList();
        var raw = inputs.ConvertAll(rewriter.Map);
        foreach (var input in inputs)
            rewriter.Replace(input, Real(rewriter, input, codes[input], reals));

        rewriter.Keep(node);
        for (int i = 0; i < inputs.Count; i++)
            rewriter.Replace(inputs[i], raw[i]);
    }

    private static Value Real(GraphRewriter rewriter, Value codes, ChannelAffine affine, Dictionary<Value, Value> reals)
    {
        if (reals.TryGetValue(codes, out var real))
            return real;

        real = affine.EmitChannelsLast(rewriter, codes.Name + "/preprocessing", codes.Name + "/real", rewriter.Map(codes));
        reals[codes] = real;

        return real;
    }

    private ChannelAffine Affine(Shape shape)
    {
        var scale = preprocessing.Std.Select(std => 1 / std).ToArray();
        var shift = preprocessing.Mean.Select((mean, c) => -mean / preprocessing.Std[c]).ToArray();
        var affine = new ChannelAffine(scale, shift);
        return Reshaped(affine, shape) ?? throw new ModelException(
            RequestRules.PreprocessingDoesNotFit, "Mean",
            "has " + affine.Channels + " values, which are not the channels of input " + shape);
    }

    /// <summary>The map with the last axis of <paramref name="shape"/> as its channels; null where channels would mix.</summary>
    private static ChannelAffine? Reshaped(ChannelAffine affine, Shape shape)
    {
        int channels = shape.Rank == 0 ? 1 : shape[shape.Rank - 1];
        if (channels == affine.Channels)
            return affine;

        bool isUniform = affine.Scale.Distinct().Count() == 1 && affine.Shift.Distinct().Count() == 1;
        double[] All(double number) => Enumerable.Repeat(number, channels).ToArray();
        return isUniform ? new ChannelAffine(All(affine.Scale[0]), All(affine.Shift[0])) : null;
    }
}
