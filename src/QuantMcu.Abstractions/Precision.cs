namespace QuantMcu
{
    /// <summary>The bit widths that the compiler may give to activations and weights.</summary>
    public enum Precision
    {
        /// <summary>8-bit activations and weights throughout.</summary>
        Int8,

        /// <summary>8, 4 or 2 bits for every feature map and every layer's weights, as a search decides.</summary>
        Mixed,
    }
}
