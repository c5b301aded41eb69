namespace QuantMcu.Compiler.Onnx;

/// <summary>IEEE 754 half precision, which netstandard2.0 has no type for.</summary>
internal static class Float16
{
    private static readonly float[] PowersOfTwo = MakePowers();

    /// <summary>The exact value of a half given by its bits.</summary>
    public static float ToSingle(ushort bits)
    {
        int exponent = (bits >> 10) & 31;
        int mantissa = bits & 1023;
        float magnitude = exponent switch
        {
            0 => mantissa * PowersOfTwo[1],
            31 => mantissa == 0 ? float.PositiveInfinity : float.NaN,
            _ => (mantissa | 1024) * PowersOfTwo[exponent],
        };
        return (bits & 0x8000) == 0 ? magnitude : -magnitude;
    }

    /// <summary>2^(i - 25): the weight of the mantissa's lowest bit under exponent i.</summary>
    private static float[] MakePowers()
    {
        var powers = new float[31];
        for (int i = 0; i < powers.Length; i++)
            powers[i] = (float)System.Math.Pow(2, i - 25);

        return powers;
    }
}
