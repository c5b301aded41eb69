using System;
using QuantMcu.Compiler.Graph.Operators;
using QuantMcu.Compiler.Quantization.Layers;

namespace QuantMcu.Compiler.Reference.Integer;

/// <summary>Executes <see cref="PadLayer"/>.</summary>
internal static class IntegerPad
{
    public static void Run(PadLayer layer, IntegerTensors tensors)
    {
        var input = tensors.Shape(layer.Inputs[0]);
        var output = tensors.Shape(layer.Output);
        byte[] x = tensors.Codes(layer.Inputs[0]), y = tensors.Codes(layer.Output);
        int[] inputStrides = input.Strides(), outputStrides = output.Strides();
        for (int i = 0; i < y.Length; i++)
        {
            int source = 0;
            bool inside = true;
            for (int axis = 0; axis < output.Rank; axis++)
            {
                int index = Source(layer.Mode, (i / outputStrides[axis] % output[axis]) - layer.Begin[axis], input[axis]);
                inside &= index >= 0;
                source += index * inputStrides[axis];
            }

            y[i] = inside ? x[source] : layer.Code;
        }
    }

    /// <summary>The input index that stands at <paramref name="index"/>, which may lie outside 0 .. size - 1; -1 for the constant.</summary>
    private static int Source(PadMode mode, int index, int size)
    {
        if (index >= 0 && index < size)
            return index;

        switch (mode)
        {
            case PadMode.Edge:
                return index < 0 ? 0 : size - 1;
            case PadMode.Wrap:
                return ((index % size) + size) % size;
            case PadMode.Reflect:
                int period = Math.Max(1, 2 * (size - 1));
                int phase = ((index % period) + period) % period;
                return Math.Min(phase, period - phase);
            default:
                return -1;
        }
    }
}
