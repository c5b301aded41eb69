using System.Collections.Generic;
using System.Linq;
using QuantMcu.Compiler.Diagnostics;
using QuantMcu.Compiler.Graph;
using QuantMcu.Compiler.Graph.Operators;
using QuantMcu.Compiler.Simplify.Passes;

namespace QuantMcu.Compiler.Simplify;

/// <summary>
/// What <see cref="Simplifier"/> guarantees, and calibration, execution and quantization rely on:
/// <list type="bullet">
/// <item>Operators: Conv, MaxPool, AveragePool, Reduce, Binary, Unary, PRelu, Clip, Concat, Split, Slice, Pad, Resize, Expand,
/// Reshape, Transpose, MatMul of two activations, Softmax, ArgMax, Quantize, Dequantize. Gemm, BatchNormalization, Identity,
/// Cast, Gather, Shape are gone, and so is every node that no output needs.</item>
/// <item>Activations are Float32, but for the result of ArgMax and for codes: those between a Quantize and its Dequantize, and
/// those of a model that takes or gives codes. Operators between may move codes, not compute with them.</item>
/// <item>Conv and pools are two-dimensional and channels last: X[1, H, W, C], Y[1, H', W', M]. A fully connected layer is a 1x1
/// Conv of [1, 1, rows, K].</item>
/// <item>A Conv has three inputs: X, W[M, kh, kw, C / groups], B[M]. B is constant. W is a constant, or the output of a
/// Dequantize node whose inputs are constant (weights that came as codes: W is then no constant, and the codes lie in W's
/// order).</item>
/// <item>A sum or product with a constant per channel (last axis) is a Conv too. A Binary has at most one constant
/// operand.</item>
/// <item>A Clip that directly follows a Conv or Binary without another consumer is its Clamp.</item>
/// <item>PadValues are set only on a Conv that reads the network's raw input.</item>
/// <item>A pool over the whole image, a global pool and a mean over H and W is Reduce over axes 1, 2 of [1, H, W, C],
/// KeepDims.</item>
/// </list>
/// </summary>
public static class NormalForm
{
    /// <exception cref="ModelException">
    /// QMCU21xx: the model has something that no pass could express in this form; QMCU2190: a pass broke a rule.
    /// </exception>
    public static void Verify(NetworkGraph graph)
    {
        var uses = Uses(graph);
        var producers = new Dictionary<Value, Node>();
        foreach (var node in graph.Nodes)
        {
            VerifyOrder(graph, node, producers);
            VerifyInputs(graph, node);
            VerifyOperator(node);
            VerifyTypes(node);
            if (node.Operator is Conv conv)
                VerifyConv(node, conv, producers);
            else if (node.Operator is MaxPool or AveragePool)
                VerifyPool(node);
            else if (node.Operator is Binary binary)
                VerifyBinary(node, binary);
            else if (node.Operator is Clip && uses[node.Inputs[0]!] == 1
                && producers.TryGetValue(node.Inputs[0]!, out var before))
                Require(before.Operator is not (Conv or Binary or Clip), node, "a Clip is not fused into the node before it");

            Require(node.Outputs.Any(uses.ContainsKey), node, "nothing needs the node");
            foreach (var output in node.Outputs)
                producers[output] = node;
        }

        VerifyOutputs(graph, producers);
    }

    private static Dictionary<Value, int> Uses(NetworkGraph graph)
    {
        var uses = new Dictionary<Value, int>();
        foreach (var value in graph.Nodes.SelectMany(node => node.Inputs).OfType<Value>().Concat(graph.Outputs))
            uses[value] = uses.TryGetValue(value, out int count) ? count + 1 : 1;

        return uses;
    }

    private static void VerifyOrder(NetworkGraph graph, Node node, Dictionary<Value, Node> producers)
    {
        foreach (var input in node.Inputs.OfType<Value>())
        {
            bool isKnown = input.Constant is not null || producers.ContainsKey(input) || graph.Inputs.Contains(input);
            Require(isKnown, node, "input '" + input.Name + "' is used before it is made");
        }
    }

    private static void VerifyOperator(Node node)
    {
        string? problem = node.Operator switch
        {
            Conv or MaxPool or AveragePool or Reduce or Binary or Unary or PRelu or Clip or Concat or Split or Slice or Pad
                or Resize or Expand or Reshape or Transpose or MatMul or Softmax or ArgMax or Quantize or Dequantize => null,
            Cast => "a conversion of computed values to another element type has no integer kernel",
            Gather => "it gathers by indices that are computed or not evenly spaced",
            DynamicQuantize => "quantization with ranges found at run time has no integer kernel",
            _ => "it has no normal form",
        };

        if (problem is not null)
            throw Unsupported(node, problem, "Export the model without it.");
    }

    private static void VerifyPool(Node node)
    {
        bool isImage = node.Operator is MaxPool { Layout: Layout.ChannelsLast, Window.Rank: 2 }
            or AveragePool { Layout: Layout.ChannelsLast, Window.Rank: 2 };
        Require(isImage, node, "it is not channels last and two-dimensional");
    }

    /// <summary>A model takes real numbers or 8-bit codes: wider integers have no range that calibration could find.</summary>
    private static void VerifyInputs(NetworkGraph graph, Node node)
    {
        foreach (var input in node.Inputs.OfType<Value>().Where(graph.Inputs.Contains))
        {
            if (input.Type.Element is not (ElementType.Float32 or ElementType.UInt8 or ElementType.Int8))
                throw Unsupported(node, "it takes " + input.Type.Element + " values", "Export the model with float32 inputs.");
        }
    }

    private static void VerifyTypes(Node node)
    {
        foreach (var output in node.Outputs)
        {
            if (output.Type.Element != ElementType.Float32 && !MayBeInteger(node))
                throw Unsupported(node, "it computes " + output.Type.Element + " values", "Export the model in float32.");
        }
    }

    /// <summary>Codes may be made, moved and compared, not computed with.</summary>
    private static bool MayBeInteger(Node node) => node.Operator
        is Quantize or ArgMax or Reshape or Transpose or Slice or Split or Concat or Expand or Pad or MaxPool or Resize;

    private static void VerifyConv(Node node, Conv conv, Dictionary<Value, Node> producers)
    {
        Require(conv.Layout == Layout.ChannelsLast && conv.Window.Rank == 2, node, "it is not channels last and two-dimensional");
        Require(node.Inputs.Length == 3 && node.Inputs[2] is { Constant: not null }, node, "its bias is missing or no constant");
        var weights = node.Inputs[1]!;
        bool isKnown = weights.Constant is not null || (producers.TryGetValue(weights, out var codes)
            && codes.Operator is Dequantize && codes.Inputs.All(input => input is null or { Constant: not null }));
        Require(isKnown, node, "its weights are not known");
        bool fits = conv.PadValues.IsEmpty || conv.PadValues.Length == node.Inputs[0]!.Shape[3];
        Require(fits, node, "it does not have one padding value per channel");
        if (node.Output.Shape[0] != 1)
            throw Unsupported(node, "it works on a batch of " + node.Output.Shape[0], "Export the model with batch size 1.");
    }

    private static void VerifyBinary(Node node, Binary binary)
    {
        bool isConstant = node.Inputs[0]!.Constant is not null;
        int tensor = isConstant ? 1 : 0;
        Require(node.Inputs[tensor]!.Constant is null, node, "both operands are constant");
        var (shape, constant) = (node.Inputs[tensor]!.Shape, node.Inputs[1 - tensor]!.Constant);
        bool isAffine = binary.Kind is BinaryKind.Add or BinaryKind.Mul
            && FoldChannelConstants.Affine(binary.Kind, shape, constant) is not null;
        Require(!isAffine, node, "a constant per channel is not folded");
    }

    private static void VerifyOutputs(NetworkGraph graph, Dictionary<Value, Node> producers)
    {
        foreach (var output in graph.Outputs)
        {
            if (output.Constant is not null)
                throw new ModelException(SimplifyRules.ConstantOutput, output.Name);

            if (!producers.ContainsKey(output) && !graph.Inputs.Contains(output))
                throw new ModelException(SimplifyRules.InconsistentGraph, output.Name, "output", "nothing makes it");
        }
    }

    private static void Require(bool condition, Node node, string otherwise)
    {
        if (!condition)
            throw Broken(node, otherwise);
    }

    private static ModelException Broken(Node node, string what) =>
        new(SimplifyRules.InconsistentGraph, node.Name, node.Operator.Name, what);

    private static ModelException Unsupported(Node node, string what, string remedy) =>
        new(SimplifyRules.NoNormalForm, node.Name, node.Operator.Name, node.Output.Name, what, remedy);
}
