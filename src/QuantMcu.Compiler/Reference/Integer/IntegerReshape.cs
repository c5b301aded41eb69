using System;
using QuantMcu.Compiler.Quantization.Layers;

namespace QuantMcu.Compiler.Reference.Integer;

/// <summary>Executes <see cref="ReshapeLayer"/>.</summary>
internal static class IntegerReshape
{
    public static void Run(ReshapeLayer layer, IntegerTensors tensors)
    {
        byte[] y = tensors.Codes(layer.Output);
        Array.Copy(tensors.Codes(layer.Inputs[0]), y, y.Length);
    }
}
