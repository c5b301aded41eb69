using System;
using System.Collections.Generic;
using QuantMcu.Compiler.Lowering.CSharp;

namespace QuantMcu.Compiler.Emit.CSharp.Kernels.Packed;

/// <summary>
/// Between packed codes (lowest bits first, lines starting on bytes) and one code to a byte: runs of them for kernels that work on
/// tiles, single ones for all others.
/// </summary>
internal static class PackedHelpers
{
    private static readonly Helper Unpack4 = new(
        "Unpack4",
        """
        /// <summary>Neighbouring codes of 4 bits, from a byte on, to one code a byte.</summary>
        private static void Unpack4(byte* from, int count, byte* to)
        {
            int i = 0;
            if (Vector.IsHardwareAccelerated)
            {
                for (; i <= count - (2 * Vector<byte>.Count); i += 2 * Vector<byte>.Count, from += Vector<byte>.Count)
                {
                    Vector.Widen(Unsafe.ReadUnaligned<Vector<byte>>(from), out Vector<ushort> low, out Vector<ushort> high);
                    Unsafe.WriteUnaligned(to + i, Spread(low));
                    Unsafe.WriteUnaligned(to + i + Vector<byte>.Count, Spread(high));
                }
            }

            for (; i <= count - 8; i += 8, from += 4)
            {
                ulong codes = *(uint*)from;
                codes = (codes | (codes << 16)) & 0x0000FFFF0000FFFF;
                codes = (codes | (codes << 8)) & 0x00FF00FF00FF00FF;
                *(ulong*)(to + i) = (codes | (codes << 4)) & 0x0F0F0F0F0F0F0F0F;
            }

            for (; i < count; i++)
                to[i] = (byte)((from[(i & 7) >> 1] >> ((i & 1) * 4)) & 15);

            static Vector<ushort> Spread(Vector<ushort> pairs) =>
                (pairs | Vector.ShiftLeft(pairs, 4)) & new Vector<ushort>((ushort)0x0F0F);
        }
        """);

    private static readonly Helper Unpack2 = new(
        "Unpack2",
        """
        /// <summary>Neighbouring codes of 2 bits, from a byte on, to one code a byte.</summary>
        private static void Unpack2(byte* from, int count, byte* to)
        {
            int i = 0;
            if (Vector.IsHardwareAccelerated)
            {
                for (; i <= count - (4 * Vector<byte>.Count); from += Vector<byte>.Count)
                {
                    Vector.Widen(Unsafe.ReadUnaligned<Vector<byte>>(from), out Vector<ushort> low, out Vector<ushort> high);
                    Spread(low);
                    Spread(high);
                }
            }

            for (; i <= count - 8; i += 8, from += 2)
            {
                ulong codes = *(ushort*)from;
                codes = (codes | (codes << 24)) & 0x000000FF000000FF;
                codes = (codes | (codes << 12)) & 0x000F000F000F000F;
                *(ulong*)(to + i) = (codes | (codes << 6)) & 0x0303030303030303;
            }

            for (; i < count; i++)
                to[i] = (byte)((from[(i & 7) >> 2] >> ((i & 3) * 2)) & 3);

            void Spread(Vector<ushort> bytes)
            {
                Vector.Widen(bytes, out Vector<uint> low, out Vector<uint> high);
                Unsafe.WriteUnaligned(to + i, Codes(low));
                Unsafe.WriteUnaligned(to + i + Vector<byte>.Count, Codes(high));
                i += 2 * Vector<byte>.Count;
            }

            static Vector<uint> Codes(Vector<uint> bytes)
            {
                Vector<uint> pairs = (bytes | Vector.ShiftLeft(bytes, 12)) & new Vector<uint>(0x000F000F);
                return (pairs | Vector.ShiftLeft(pairs, 6)) & new Vector<uint>(0x03030303);
            }
        }
        """);

    private static readonly Helper Pack4 = new(
        "Pack4",
        """
        /// <summary>Codes, one a byte, to neighbouring codes of 4 bits, from a byte on; unused bits of the last byte become 0.</summary>
        private static void Pack4(byte* codes, int count, byte* to)
        {
            int i = 0;
            if (Vector.IsHardwareAccelerated)
            {
                for (; i <= count - (2 * Vector<byte>.Count); i += 2 * Vector<byte>.Count, to += Vector<byte>.Count)
                    Unsafe.WriteUnaligned(to, Vector.Narrow(Pairs(codes + i), Pairs(codes + i + Vector<byte>.Count)));
            }

            for (; i <= count - 8; i += 8, to += 4)
            {
                ulong eight = *(ulong*)(codes + i);
                eight = (eight | (eight >> 4)) & 0x00FF00FF00FF00FF;
                eight = (eight | (eight >> 8)) & 0x0000FFFF0000FFFF;
                *(uint*)to = (uint)(eight | (eight >> 16));
            }

            for (; i < count; i += 2, to++)
                *to = (byte)(codes[i] | (i + 1 < count ? codes[i + 1] << 4 : 0));

            static Vector<ushort> Pairs(byte* from)
            {
                Vector<ushort> pairs = Unsafe.ReadUnaligned<Vector<ushort>>(from);
                return (pairs | Vector.ShiftRightLogical(pairs, 4)) & new Vector<ushort>((ushort)0x00FF);
            }
        }
        """);

    private static readonly Helper Pack2 = new(
        "Pack2",
        """
        /// <summary>Codes, one a byte, to neighbouring codes of 2 bits, from a byte on; unused bits of the last byte become 0.</summary>
        private static void Pack2(byte* codes, int count, byte* to)
        {
            int i = 0;
            if (Vector.IsHardwareAccelerated)
            {
                for (; i <= count - (4 * Vector<byte>.Count); to += Vector<byte>.Count)
                {
                    Vector<ushort> low = Vector.Narrow(Next(), Next());
                    Unsafe.WriteUnaligned(to, Vector.Narrow(low, Vector.Narrow(Next(), Next())));
                }
            }

            for (; i <= count - 8; i += 8, to += 2)
            {
                ulong eight = *(ulong*)(codes + i);
                eight = (eight | (eight >> 6)) & 0x000F000F000F000F;
                eight = (eight | (eight >> 12)) & 0x000000FF000000FF;
                *(ushort*)to = (ushort)(eight | (eight >> 24));
            }

            for (; i < count; i += 4, to++)
            {
                int four = 0;
                for (int k = 0; k < Math.Min(4, count - i); k++)
                    four |= codes[i + k] << (2 * k);

                *to = (byte)four;
            }

            Vector<uint> Next()
            {
                Vector<uint> fours = Unsafe.ReadUnaligned<Vector<uint>>(codes + i);
                i += Vector<byte>.Count;
                fours = (fours | Vector.ShiftRightLogical(fours, 6)) & new Vector<uint>(0x000F000F);
                return (fours | Vector.ShiftRightLogical(fours, 12)) & new Vector<uint>(0xFF);
            }
        }
        """);

    private static readonly Helper Code4 = new(
        "Code4",
        """
        /// <summary>One of neighbouring codes of 4 bits.</summary>
        [MethodImpl(MethodImplOptions.AggressiveInlining)]
        private static int Code4(byte* codes, int index) => (codes[index >> 1] >> ((index & 1) * 4)) & 15;
        """);

    private static readonly Helper Code2 = new(
        "Code2",
        """
        /// <summary>One of neighbouring codes of 2 bits.</summary>
        [MethodImpl(MethodImplOptions.AggressiveInlining)]
        private static int Code2(byte* codes, int index) => (codes[index >> 2] >> ((index & 3) * 2)) & 3;
        """);

    private static readonly Helper LineCode4 = LineCodeOf(Code4);

    private static readonly Helper LineCode2 = LineCodeOf(Code2);

    private static readonly Helper LineWriter4 = new(
        "LineWriter4",
        """
        /// <summary>Packs codes of 4 bits one after the other, in lines that start on bytes.</summary>
        private struct LineWriter4
        {
            private readonly int line;
            private byte* to;
            private int column, bits;

            public LineWriter4(byte* to, int line)
            {
                this.to = to;
                this.line = line;
            }

            [MethodImpl(MethodImplOptions.AggressiveInlining)]
            public void Write(int code)
            {
                bits |= code << ((column & 1) * 4);
                column++;
                if (column < line && (column & 1) != 0)
                    return;

                *to++ = (byte)bits;
                bits = 0;
                column = column == line ? 0 : column;
            }
        }
        """);

    private static readonly Helper LineWriter2 = new(
        "LineWriter2",
        LineWriter4.Text.Replace("LineWriter4", "LineWriter2").Replace("4 bits", "2 bits").Replace("& 1) * 4", "& 3) * 2")
            .Replace("(column & 1) != 0", "(column & 3) != 0"));

    /// <summary>Codes to bytes: 4 or 2 bits.</summary>
    public static Helper Unpack(int bits) => Of(bits, Unpack4, Unpack2);

    /// <summary>Bytes to codes: 4 or 2 bits.</summary>
    public static Helper Pack(int bits) => Of(bits, Pack4, Pack2);

    /// <summary>One code of a run.</summary>
    public static Helper Code(int bits) => Of(bits, Code4, Code2);

    /// <summary>One code of a tensor, by its index.</summary>
    public static Helper LineCode(int bits) => Of(bits, LineCode4, LineCode2);

    /// <summary>Packs what comes code by code.</summary>
    public static Helper LineWriter(int bits) => Of(bits, LineWriter4, LineWriter2);

    /// <summary>What a kernel needs that reads and writes codes one by one.</summary>
    public static IEnumerable<Helper> Codes(ConvBits bits)
    {
        if (bits.Codes < 8)
            yield return Code(bits.Codes);

        if (bits.Result < 8)
            yield return LineWriter(bits.Result);
    }

    private static Helper Of(int bits, Helper four, Helper two) => bits switch
    {
        4 => four,
        2 => two,
        _ => throw new ArgumentOutOfRangeException(nameof(bits), bits, "Codes of 8 bits are not packed."),
    };

    private static Helper LineCodeOf(Helper code) => new(
        "Line" + code.Name,
        $$"""
        /// <summary>One code of a tensor, whose lines start on bytes.</summary>
        [MethodImpl(MethodImplOptions.AggressiveInlining)]
        private static int Line{{code.Name}}(byte* codes, int index, int line, int pitch) =>
            {{code.Name}}(codes + ((long)(index / line) * pitch), index % line);
        """,
        code);
}
