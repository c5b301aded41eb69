using QuantMcu.Compiler.Quantization.Layers;

namespace QuantMcu.Compiler.Reference.Integer;

/// <summary>Executes <see cref="PReluLayer"/>.</summary>
internal static class IntegerPRelu
{
    public static void Run(PReluLayer layer, IntegerTensors tensors)
    {
        byte[] x = tensors.Codes(layer.Inputs[0]), y = tensors.Codes(layer.Output);
        int zero = tensors.ZeroPoint(layer.Inputs[0]);
        var shape = tensors.Shape(layer.Output);
        int channels = shape.Rank == 0 ? 1 : shape[shape.Rank - 1];
        for (int i = 0; i < y.Length; i++)
        {
            int difference = x[i] - zero;
            y[i] = (byte)(difference >= 0 ? layer.Positive.Apply(difference, 0) : layer.Negative.Apply(difference, i % channels));
        }
    }
}
