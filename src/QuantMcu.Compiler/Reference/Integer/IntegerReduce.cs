using System;
using QuantMcu.Compiler.Graph.Operators;
using QuantMcu.Compiler.Quantization.Layers;

namespace QuantMcu.Compiler.Reference.Integer;

/// <summary>Executes <see cref="ReduceLayer"/>.</summary>
internal static class IntegerReduce
{
    public static void Run(ReduceLayer layer, IntegerTensors tensors)
    {
        byte[] x = tensors.Codes(layer.Inputs[0]), y = tensors.Codes(layer.Output);
        int zero = tensors.ZeroPoint(layer.Inputs[0]);
        for (int outer = 0; outer < layer.Outer; outer++)
        {
            for (int inner = 0; inner < layer.Inner; inner++)
            {
                int sum = 0, top = 0;
                for (int i = 0; i < layer.Length; i++)
                {
                    int code = x[(((outer * layer.Length) + i) * layer.Inner) + inner];
                    sum += code - zero;
                    top = Math.Max(top, code);
                }

                y[(outer * layer.Inner) + inner] = layer.Kind == ReduceKind.Max
                    ? (byte)Math.Min(Math.Max(top, layer.Requantization.Min), layer.Requantization.Max)
                    : (byte)layer.Requantization.Apply(sum, 0);
            }
        }
    }
}
