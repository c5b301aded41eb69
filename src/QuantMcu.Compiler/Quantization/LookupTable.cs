using System;

namespace QuantMcu.Compiler.Quantization;

/// <summary>Tables for <see cref="Layers.LookupLayer"/>.</summary>
internal static class LookupTable
{
    /// <summary>For every code of <paramref name="input"/> the code of the function's value.</summary>
    public static byte[] Of(Quantizer input, Quantizer output, Func<double, double> function)
    {
        var table = new byte[input.MaxCode + 1];
        for (int code = 0; code < table.Length; code++)
            table[code] = (byte)output.Code(function(input.Real(code)));

        return table;
    }
}
