namespace QuantMcu.Compiler.Emit.CSharp.Kernels;

/// <summary>Access to the read-only data of the emitted file.</summary>
internal static class DataHelpers
{
    public static readonly Helper Address = new(
        "Address",
        """
        /// <summary>Where data of the assembly lies. It is mapped once and never moves.</summary>
        [MethodImpl(MethodImplOptions.AggressiveInlining)]
        private static byte* Address(ReadOnlySpan<ulong> data) => (byte*)Unsafe.AsPointer(ref MemoryMarshal.GetReference(data));
        """);
}
