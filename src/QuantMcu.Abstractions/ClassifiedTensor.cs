namespace QuantMcu
{
    /// <summary>The tensor whose outliers VDPC looks for.</summary>
    public enum ClassifiedTensor
    {
        /// <summary>The network's input.</summary>
        Input,

        /// <summary>The first feature map; only with <see cref="PatchClassification.Static"/>.</summary>
        FirstFeatureMap,
    }
}
