using QuantMcu.Compiler.Quantization.Layers;

namespace QuantMcu.Compiler.Reference.Integer;

/// <summary>Executes <see cref="StridedCopyLayer"/>.</summary>
internal static class IntegerStridedCopy
{
    public static void Run(StridedCopyLayer layer, IntegerTensors tensors)
    {
        byte[] x = tensors.Codes(layer.Inputs[0]), y = tensors.Codes(layer.Output);
        int[] index = IndexMap.Of(tensors.Shape(layer.Output), layer.Strides, layer.Offset);
        for (int i = 0; i < y.Length; i++)
            y[i] = x[index[i]];
    }
}
