using QuantMcu.Compiler.Graph.Operators;
using QuantMcu.Compiler.Quantization.Layers;

namespace QuantMcu.Compiler.Reference.Integer;

/// <summary>Executes <see cref="MulLayer"/>.</summary>
internal static class IntegerMul
{
    public static void Run(MulLayer layer, IntegerTensors tensors)
    {
        byte[] a = tensors.Codes(layer.Inputs[0]), b = tensors.Codes(layer.Inputs[1]), y = tensors.Codes(layer.Output);
        int zeroA = tensors.ZeroPoint(layer.Inputs[0]), zeroB = tensors.ZeroPoint(layer.Inputs[1]);
        var shape = tensors.Shape(layer.Output);
        int[] indexA = IndexMap.Of(shape, Broadcast.Strides(tensors.Shape(layer.Inputs[0]), shape));
        int[] indexB = IndexMap.Of(shape, Broadcast.Strides(tensors.Shape(layer.Inputs[1]), shape));
        for (int i = 0; i < y.Length; i++)
            y[i] = (byte)layer.Requantization.Apply((a[indexA[i]] - zeroA) * (b[indexB[i]] - zeroB), 0);
    }
}
