namespace QuantMcu
{
    /// <summary>How the compiler chooses bit widths where <see cref="Precision.Mixed"/> lets it.</summary>
    public enum Search
    {
        /// <summary>VDQS as the QuantMCU paper (arXiv 2401.13714) publishes it: entropy of feature maps against BitOPs.</summary>
        Entropy,

        /// <summary>By the damage that each choice does to the network's output, measured on the calibration samples.</summary>
        Output,
    }
}
