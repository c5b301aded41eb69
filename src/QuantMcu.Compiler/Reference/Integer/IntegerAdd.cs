using System;
using QuantMcu.Compiler.Graph.Operators;
using QuantMcu.Compiler.Quantization.Layers;

namespace QuantMcu.Compiler.Reference.Integer;

/// <summary>Executes <see cref="AddLayer"/>.</summary>
internal static class IntegerAdd
{
    public static void Run(AddLayer layer, IntegerTensors tensors)
    {
        byte[] a = tensors.Codes(layer.Inputs[0]), b = tensors.Codes(layer.Inputs[1]), y = tensors.Codes(layer.Output);
        var shape = tensors.Shape(layer.Output);
        int[] indexA = IndexMap.Of(shape, Broadcast.Strides(tensors.Shape(layer.Inputs[0]), shape));
        int[] indexB = IndexMap.Of(shape, Broadcast.Strides(tensors.Shape(layer.Inputs[1]), shape));
        for (int i = 0; i < y.Length; i++)
        {
            int sum = (a[indexA[i]] * layer.MultiplierA) + (b[indexB[i]] * layer.MultiplierB) + layer.Addend;
            y[i] = (byte)Math.Min(Math.Max(sum >> layer.Shift, layer.Min), layer.Max);
        }
    }
}
