namespace QuantMcu.Compiler.Emit.CSharp.Kernels;

/// <summary>Sums over windows and axes, many channels at once.</summary>
internal static class SumHelpers
{
    /// <summary>Channels that one call of <see cref="Sum"/> handles at most.</summary>
    public const int Block = 64;

    public static readonly Helper Sum = new(
        "Sum",
        """
        /// <summary>Sums of up to 64 neighbouring channels over rows x columns.</summary>
        [MethodImpl(MethodImplOptions.AggressiveOptimization)]
        private static void Sum(byte* x, int rows, int rowStep, int columns, int columnStep, int channels, int* sums)
        {
            int c = 0;
            if (Vector.IsHardwareAccelerated)
            {
                for (; c <= channels - Vector<byte>.Count; c += Vector<byte>.Count)
                    SumVector(x + c, rows, rowStep, columns, columnStep, (uint*)sums + c);
            }

            for (; c < channels; c++)
            {
                int sum = 0;
                for (int row = 0; row < rows; row++)
                {
                    byte* from = x + (row * rowStep) + c;
                    for (int column = 0; column < columns; column++, from += columnStep)
                        sum += *from;
                }

                sums[c] = sum;
            }
        }
        """,
        new Helper(
            "SumVector",
            """
            [MethodImpl(MethodImplOptions.AggressiveInlining)]
            private static void SumVector(byte* x, int rows, int rowStep, int columns, int columnStep, uint* sums)
            {
                Vector<uint> s0 = Vector<uint>.Zero, s1 = s0, s2 = s0, s3 = s0;
                for (int row = 0; row < rows; row++)
                {
                    byte* from = x + (row * rowStep);
                    for (int column = 0; column < columns; column++, from += columnStep)
                    {
                        Vector.Widen(Unsafe.ReadUnaligned<Vector<byte>>(from), out Vector<ushort> low, out Vector<ushort> high);
                        Vector.Widen(low, out Vector<uint> a, out Vector<uint> b);
                        Vector.Widen(high, out Vector<uint> d, out Vector<uint> e);
                        s0 += a;
                        s1 += b;
                        s2 += d;
                        s3 += e;
                    }
                }

                Unsafe.WriteUnaligned(sums, s0);
                Unsafe.WriteUnaligned(sums + Vector<uint>.Count, s1);
                Unsafe.WriteUnaligned(sums + (2 * Vector<uint>.Count), s2);
                Unsafe.WriteUnaligned(sums + (3 * Vector<uint>.Count), s3);
            }
            """));
}
