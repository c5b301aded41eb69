using QuantMcu.Compiler.Quantization.Layers;

namespace QuantMcu.Compiler.Reference.Integer;

/// <summary>Executes <see cref="LookupLayer"/>.</summary>
internal static class IntegerLookup
{
    public static void Run(LookupLayer layer, IntegerTensors tensors)
    {
        byte[] x = tensors.Codes(layer.Inputs[0]), y = tensors.Codes(layer.Output);
        int entries = tensors.MaxCode(layer.Inputs[0]) + 1;
        int channels = layer.Table.Length / entries;
        for (int i = 0; i < y.Length; i++)
        {
            int channel = layer.PerChannel ? i % channels : 0;
            y[i] = layer.Table[(channel * entries) + x[i]];
        }
    }
}
