namespace QuantMcu
{
    /// <summary>When VDPC decides whether a patch holds outliers, and so which of two branches computes it.</summary>
    public enum PatchClassification
    {
        /// <summary>At compile time, per position of the patch, by a vote of the calibration samples.</summary>
        Static,

        /// <summary>At run time, per patch of every input.</summary>
        Dynamic,
    }
}
