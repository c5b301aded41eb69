using System.Collections.Immutable;

namespace QuantMcu.Compiler.Quantization.Layers;

/// <summary>
/// Softmax along the middle axis of X seen as [Outer, Length, Inner], int32 throughout. With top = the largest code of the line:
/// <code>
/// e(x) = Exponentials[top - x]                          (2^bits entries, falling, Exponentials[0] = 2^ExponentBits)
/// sum = e(x) over the line
/// y = min(255, (e(x) * 256 + sum / 2) / sum)            (output: 8 bits, scale 1/256, zero point 0)
/// </code>
/// LogSoftmax ends differently: see <see cref="LogSoftmaxTable"/>.
/// </summary>
public sealed record SoftmaxLayer(
    string Name, ImmutableArray<int> Inputs, int Output, int Outer, int Length, int Inner, int[] Exponentials)
    : QuantizedLayer(Name, Inputs, Output)
{
    /// <summary>Set for LogSoftmax.</summary>
    public LogSoftmaxTable? Log { get; init; }

    public override string Operator => Log is null ? "Softmax" : "LogSoftmax";

    public override int FlashBytes => (4 * Exponentials.Length) + (Log is null ? 0 : 4 * Log.Logarithms.Length);
}

/// <summary>
/// Integer logarithm of the sum of a LogSoftmax. With sum = 2^e * (1 + f), e = index of the highest set bit, t = the 8 bits after it:
/// <code>
/// L = (e - ExponentBits) * Octave + Logarithms[t]       (units of 2^-Shift output codes; Octave = ln 2, Logarithms[t] = ln(1 + (t + 0.5) / 256), t = 0 exact)
/// y = clamp(Zy - ((Step * (top - x) + L + 2^(Shift-1)) >> Shift), 0, 255)
/// </code>
/// </summary>
public sealed record LogSoftmaxTable(int ExponentBits, int Octave, int[] Logarithms, int Step, int Shift, int ZeroPoint);
