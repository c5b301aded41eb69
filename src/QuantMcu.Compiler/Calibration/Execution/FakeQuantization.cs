using QuantMcu.Compiler.Quantization;

namespace QuantMcu.Compiler.Calibration.Execution;

/// <summary>Floats rounded to the reals that codes stand for.</summary>
internal static class FakeQuantization
{
    /// <summary>Rounds half up: which way a tie goes does not matter to a statistic.</summary>
    public static void Round(float[] source, float[] target, Quantizer quantizer)
    {
        float inverse = (float)(1 / quantizer.Scale), scale = (float)quantizer.Scale;
        float offset = quantizer.ZeroPoint + 0.5f, largest = quantizer.MaxCode;
        int zero = quantizer.ZeroPoint;
        for (int i = 0; i < target.Length; i++)
        {
            float code = (source[i] * inverse) + offset;
            int rounded = code <= 0 ? 0 : code >= largest ? (int)largest : (int)code;
            target[i] = scale * (rounded - zero);
        }
    }
}
