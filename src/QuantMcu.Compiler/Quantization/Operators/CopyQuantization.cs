using System;
using System.Collections.Immutable;
using System.Linq;
using QuantMcu.Compiler.Diagnostics;
using QuantMcu.Compiler.Graph;
using QuantMcu.Compiler.Graph.Operators;
using QuantMcu.Compiler.Quantization.Layers;

namespace QuantMcu.Compiler.Quantization.Operators;

/// <summary>What moves codes and computes nothing: Slice, Split, Transpose, Expand, Gather with regular indices, Reshape, Pad.</summary>
internal static class CopyQuantization
{
    public static void AddReshape(Node node, NetworkBuilder builder)
    {
        int y = builder.Declare(node.Output);
        int x = builder.Operand(node.Inputs[0]!, builder.Quantizer(y));
        builder.Add(new ReshapeLayer(node.Name, [x], y));
    }

    public static void AddSlice(Node node, Slice slice, NetworkBuilder builder)
    {
        var strides = node.Inputs[0]!.Shape.Strides();
        int offset = strides.Select((stride, axis) => stride * slice.Starts[axis]).Sum();
        Add(node, node.Output, "Slice", offset, strides.Select((stride, axis) => stride * slice.Steps[axis]), builder);
    }

    public static void AddSplit(Node node, Split split, NetworkBuilder builder)
    {
        var strides = node.Inputs[0]!.Shape.Strides();
        int start = 0;
        for (int i = 0; i < node.Outputs.Length; i++)
        {
            Add(node, node.Outputs[i], "Split", start * strides[split.Axis], strides, builder);
            start += split.Sizes[i];
        }
    }

    public static void AddTranspose(Node node, Transpose transpose, NetworkBuilder builder)
    {
        var strides = node.Inputs[0]!.Shape.Strides();
        Add(node, node.Output, "Transpose", 0, transpose.Permutation.Select(axis => strides[axis]), builder);
    }

    public static void AddExpand(Node node, NetworkBuilder builder) =>
        Add(node, node.Output, "Expand", 0, Broadcast.Strides(node.Inputs[0]!.Shape, node.Output.Shape), builder);

    public static void AddGather(Node node, Gather gather, NetworkBuilder builder)
    {
        var picked = node.Inputs[1]!;
        var indices = picked.Constant
            ?? throw new ModelException(OnnxRules.NotConstant, node.Name, "indices", node.Operator.Name, picked.Name);
        var shape = node.Inputs[0]!.Shape;
        var strides = shape.Strides();
        var flat = indices.Integers.Select(index => (int)(index < 0 ? index + shape[gather.Axis] : index)).ToArray();
        int step = flat.Length > 1 ? flat[1] - flat[0] : 0;
        for (int i = 1; i < flat.Length; i++)
        {
            if (flat[i] - flat[i - 1] != step)
                throw Unsupported.Form(node, "its indices are not evenly spaced", "Use Slice or Split, or gather before the network.");
        }

        int offset = flat.Length == 0 ? 0 : flat[0] * strides[gather.Axis];
        var indexStrides = picked.Shape.Strides().Select(stride => stride * step * strides[gather.Axis]);
        Add(node, node.Output, "Gather", offset, strides.Take(gather.Axis).Concat(indexStrides).Concat(strides.Skip(gather.Axis + 1)), builder);
    }

    public static void AddPad(Node node, Pad pad, NetworkBuilder builder)
    {
        int y = builder.Declare(node.Output);
        var output = builder.Quantizer(y);
        int x = builder.Operand(node.Inputs[0]!, output);
        builder.Add(new PadLayer(node.Name, [x], y, pad.Mode, pad.Begin, pad.End, (byte)output.Code(pad.Value)));
    }

    private static void Add(
        Node node, Value result, string function, int offset, System.Collections.Generic.IEnumerable<int> strides, NetworkBuilder builder)
    {
        int y = builder.Declare(result);
        int x = builder.Operand(node.Inputs[0]!, builder.Quantizer(y));
        var regular = strides.ToImmutableArray();
        if (offset == 0 && IsWhole(result.Shape, node.Inputs[0]!.Shape, regular))
            builder.Add(new ReshapeLayer(node.Name, [x], y));
        else
            builder.Add(new StridedCopyLayer(node.Name, [x], y, function, offset, regular));
    }

    /// <summary>The copy reads its input from beginning to end.</summary>
    private static bool IsWhole(Shape output, Shape input, ImmutableArray<int> strides)
    {
        var rowMajor = output.Strides();
        return output.Elements == input.Elements
            && Enumerable.Range(0, output.Rank).All(axis => output[axis] == 1 || strides[axis] == rowMajor[axis]);
    }
}
