using System;
using QuantMcu.Compiler.Graph.Operators;

namespace QuantMcu.Compiler.Quantization.Operators;

/// <summary>A fused clamp as codes of the output.</summary>
internal static class CodeRange
{
    /// <summary>The codes that a clamped value can have; all codes where nothing is clamped.</summary>
    public static (int Min, int Max) Of(Clamp clamp, Quantizer output) =>
        (output.Code(clamp.Min), output.Code(clamp.Max));
}
