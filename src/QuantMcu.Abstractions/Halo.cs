namespace QuantMcu
{
    /// <summary>What patch-based inference does with the pixels that neighbouring patches share. It changes RAM and speed, never results.</summary>
    public enum Halo
    {
        /// <summary>Every patch computes them again (MCUNetV2 and QuantMCU).</summary>
        Recompute,

        /// <summary>They are kept for the next patch, so that no multiplication is executed twice (StreamNet).</summary>
        Cache,
    }
}
