namespace QuantMcu;

/// <summary>The bit widths that the compiler may give to activations and weights.</summary>
public enum Precision
{
    /// <summary>8-bit activations and weights throughout.</summary>
    Int8,
}
