using QuantMcu.Compiler.Quantization.Layers;

namespace QuantMcu.Compiler.Reference.Integer;

/// <summary>Executes <see cref="ArgMaxLayer"/>.</summary>
internal static class IntegerArgMax
{
    public static void Run(ArgMaxLayer layer, IntegerTensors tensors)
    {
        byte[] x = tensors.Codes(layer.Inputs[0]), y = tensors.Codes(layer.Output);
        for (int outer = 0; outer < layer.Outer; outer++)
        {
            for (int inner = 0; inner < layer.Inner; inner++)
            {
                int best = 0, top = -1;
                for (int i = 0; i < layer.Length; i++)
                {
                    int code = x[(((outer * layer.Length) + i) * layer.Inner) + inner];
                    if (code > top || (code == top && layer.SelectLast))
                    {
                        top = code;
                        best = i;
                    }
                }

                y[(outer * layer.Inner) + inner] = (byte)best;
            }
        }
    }
}
