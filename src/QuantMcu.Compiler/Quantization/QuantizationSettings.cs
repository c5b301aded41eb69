namespace QuantMcu.Compiler.Quantization;

/// <summary>Which refinements to use; the defaults are what measurements support (docs/numerics.md), the rest is for measuring.</summary>
internal sealed record QuantizationSettings
{
    public static readonly QuantizationSettings Default = new();

    /// <summary>Take the expected error of rounded weights out of the bias.</summary>
    public bool BiasCorrection { get; init; } = true;

    /// <summary>Choose activation ranges by squared error; else from the smallest to the largest value.</summary>
    public bool ClipActivations { get; init; } = true;

    /// <summary>Choose weight scales by squared error; else by the largest weight.</summary>
    public bool ClipWeights { get; init; } = true;

    /// <summary>Round weights of 4 and 2 bits for the least error of the layer's output; else each by itself.</summary>
    public bool SecondOrderWeights { get; init; } = true;

    /// <summary>
    /// In networks with anything below 8 bits, change weights for what their input has lost; needs <see cref="BiasCorrection"/>. Not for networks that have to share
    /// weights with others, as the branches of a patch stage do.
    /// </summary>
    public bool Reconstruction { get; init; }
}
