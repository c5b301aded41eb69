namespace QuantMcu
{
    /// <summary>What emitted C saves where it cannot save both. It changes kernels and the layout of weights, never results.</summary>
    public enum Code
    {
        /// <summary>Instructions.</summary>
        Speed,

        /// <summary>Flash: layers share kernels that take more instructions.</summary>
        Size,
    }
}
