using System;
using System.Linq;
using QuantMcu.Compiler.Quantization.Layers;

namespace QuantMcu.Compiler.Reference.Integer;

/// <summary>Executes <see cref="ConcatLayer"/>.</summary>
internal static class IntegerConcat
{
    public static void Run(ConcatLayer layer, IntegerTensors tensors)
    {
        var shape = tensors.Shape(layer.Output);
        byte[] y = tensors.Codes(layer.Output);
        int outer = shape.Take(layer.Axis).Aggregate(1, (product, d) => product * d);
        int inner = shape.Skip(layer.Axis + 1).Aggregate(1, (product, d) => product * d);
        int start = 0;
        foreach (int tensor in layer.Inputs)
        {
            int part = tensors.Shape(tensor)[layer.Axis] * inner;
            for (int i = 0; i < outer; i++)
                Array.Copy(tensors.Codes(tensor), i * part, y, (i * shape[layer.Axis] * inner) + start, part);

            start += part;
        }
    }
}
