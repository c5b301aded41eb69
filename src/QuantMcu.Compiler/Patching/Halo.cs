namespace QuantMcu.Compiler.Patching;

/// <summary>What happens to the pixels that neighbouring tiles share.</summary>
public enum Halo
{
    /// <summary>Every tile computes them again (MCUNetV2 and QuantMCU).</summary>
    Recompute,

    /// <summary>They are kept for the next tile, so that no multiplication is executed twice.</summary>
    Cache,
}
