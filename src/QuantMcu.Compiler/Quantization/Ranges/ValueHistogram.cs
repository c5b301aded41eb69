namespace QuantMcu.Compiler.Quantization.Ranges;

/// <summary>How often values fell into equal bins of [Min, Max].</summary>
internal sealed record ValueHistogram(double Min, double Max, long[] Counts);
