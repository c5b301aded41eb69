namespace QuantMcu.Compiler.Emit.CSharp.Kernels;

/// <summary>Element-wise maximum of rows.</summary>
internal static class MaxHelpers
{
    public static readonly Helper Raise = new(
        "Raise",
        """
        /// <summary>y = max(x, y).</summary>
        private static void Raise(byte* x, byte* y, int count)
        {
            int i = 0;
            if (Vector.IsHardwareAccelerated)
            {
                for (; i <= count - Vector<byte>.Count; i += Vector<byte>.Count)
                {
                    var more = Unsafe.ReadUnaligned<Vector<byte>>(x + i);
                    Unsafe.WriteUnaligned(y + i, Vector.Max(more, Unsafe.ReadUnaligned<Vector<byte>>(y + i)));
                }
            }

            for (; i < count; i++)
                y[i] = Math.Max(x[i], y[i]);
        }
        """);
}
