using System;

namespace QuantMcu.Compiler.Emit.CSharp.Kernels;

/// <summary>
/// The activation side of a convolution, by the bits of its codes. Codes are widened to int16 once per tile, as pairs (codes 0 and 2
/// of a quad, then 1 and 3), so that one multiply-add of int16 pairs serves every block of 16 outputs.
/// </summary>
internal static class ConvCodes
{
    public static readonly Helper Wide = new(
        "WideTile",
        """
        /// <summary>Room for widened codes, in quads; tiles that need more go pixel by pixel.</summary>
        private const int WideRoom = 5120;

        /// <summary>
        /// Widened codes of a tile, a quad in 8 bytes: codes 0 and 2 as int16, then codes 1 and 3. A pixel's taps are Rows runs
        /// of RowQuads quads, RowPitch apart; pixels are PixelPitch apart, so runs of neighbours may overlap as they do in the
        /// image.
        /// </summary>
        private struct WideTile
        {
            public ulong* Codes;
            public int PixelPitch, Rows, RowPitch, RowQuads;
        }
        """);

    private static readonly Helper LoadQuad8 = new(
        "LoadQuad",
        """
        /// <summary>Four neighbouring codes, or the last few of a run and zeros.</summary>
        [MethodImpl(MethodImplOptions.AggressiveInlining)]
        private static uint LoadQuad(byte* run, int left) => left switch
        {
            >= 4 => *(uint*)run,
            3 => *(ushort*)run | ((uint)run[2] << 16),
            2 => *(ushort*)run,
            _ => *run,
        };
        """);

    private static readonly Helper LoadQuad4 = new(
        "LoadQuad4",
        """
        /// <summary>Four neighbouring codes of 4 bits, a byte each, or the last few of a run and whatever fills their bytes.</summary>
        [MethodImpl(MethodImplOptions.AggressiveInlining)]
        private static uint LoadQuad4(byte* run, int left)
        {
            uint codes = left > 2 ? *(ushort*)run : *run;
            codes = (codes | (codes << 8)) & 0x00FF00FF;
            return (codes | (codes << 4)) & 0x0F0F0F0F;
        }
        """);

    private static readonly Helper LoadQuad2 = new(
        "LoadQuad2",
        """
        /// <summary>Four neighbouring codes of 2 bits, a byte each.</summary>
        [MethodImpl(MethodImplOptions.AggressiveInlining)]
        private static uint LoadQuad2(byte* run, int left)
        {
            uint codes = *run;
            codes = (codes | (codes << 12)) & 0x000F000F;
            return (codes | (codes << 6)) & 0x03030303;
        }
        """);

    private static readonly Helper WidenRun8 = new(
        "WidenRun",
        """
        /// <summary>
        /// Widens a run. Whole vectors are read and written where they can be before end: what lies behind a run meets weights of
        /// zero.
        /// </summary>
        [MethodImpl(MethodImplOptions.AggressiveInlining)]
        private static void WidenRun(byte* from, int bytes, byte* end, ulong* to)
        {
            Vector256<ulong> even = Vector256.Create(0x00FF00FFUL), odd = Vector256.Create(0x00FF00FF00000000UL);
            int vectors = (int)Math.Min(bytes, end - from - 15);
            int i = 0;
            for (; i < vectors; i += 16, to += 4)
            {
                Vector256<ulong> quads = Avx2.ConvertToVector256Int64((uint*)(from + i)).AsUInt64();
                ((quads & even) | (Vector256.ShiftLeft(quads, 24) & odd)).Store(to);
            }

            for (; i < bytes; i += 4, to++)
            {
                ulong quad = LoadQuad(from + i, bytes - i);
                *to = (quad & 0x00FF00FF) | ((quad << 24) & 0x00FF00FF00000000);
            }
        }
        """,
        LoadQuad8);

    /// <summary>Lane by lane of 16 bits: the byte that holds the code, then what moves the code to the lane's byte's end.</summary>
    private static readonly Helper WidenRun4 = WidenRunPacked(
        4, "0x8001800080018000, 0x8003800280038002, 0x8005800480058004, 0x8007800680078006", "0x0001000100100010", LoadQuad4);

    private static readonly Helper WidenRun2 = WidenRunPacked(
        2, "0x8000800080008000, 0x8001800180018001, 0x8002800280028002, 0x8003800380038003", "0x0001001000040040", LoadQuad2);

    /// <summary>Reads four codes of a run to four bytes.</summary>
    public static Helper LoadQuad(int bits) => bits == 8 ? LoadQuad8 : bits == 4 ? LoadQuad4 : LoadQuad2;

    /// <summary>Widens the codes of a tile.</summary>
    public static Helper Widen(int bits)
    {
        var run = bits == 8 ? WidenRun8 : bits == 4 ? WidenRun4 : WidenRun2;
        string step = bits == 8 ? "tile.Step" : FormattableString.Invariant($"(tile.Step * {8 / bits})");
        string codes = bits == 8 ? "bytes" : "codes";
        return new(
            "WidenTile" + Suffix(bits),
            $$"""
            /// <summary>
            /// Widens the codes of a tile: whole strips where neighbours overlap in whole quads, else pixel by pixel. False where
            /// there is no room.
            /// </summary>
            [MethodImpl(MethodImplOptions.AggressiveOptimization)]
            private static bool WidenTile{{Suffix(bits)}}(byte* x, byte* end, in ConvTile tile, in ConvShape shape, ref WideTile wide)
            {
                int quads = (shape.Run + 3) / 4;
                if (shape.Columns == 1 && {{step}} % 4 == 0 && {{step}} <= shape.Run)
                {
                    wide.Rows = shape.Rows;
                    wide.RowQuads = quads;
                    wide.PixelPitch = {{step}} / 4;
                    wide.RowPitch = (7 * wide.PixelPitch) + quads + 4;
                    if (wide.Rows * wide.RowPitch > WideRoom)
                        return false;

                    for (int row = 0; row < shape.Rows; row++)
                    {
                        int {{codes}} = ((tile.Count - 1) * {{step}}) + shape.Run;
                        {{run.Name}}(x + (row * tile.RowStep), {{codes}}, end, wide.Codes + (row * wide.RowPitch));
                    }

                    return true;
                }

                // An odd number of cache lines apart, so that pixels do not compete for the same cache sets.
                wide.Rows = 1;
                wide.RowQuads = shape.Rows * shape.Columns * quads;
                wide.PixelPitch = ((wide.RowQuads + 4 + 7) / 8 * 8) | 8;
                if (8 * wide.PixelPitch > WideRoom)
                    return false;

                ulong* to = wide.Codes;
                for (int row = 0; row < shape.Rows; row++)
                {
                    for (int column = 0; column < shape.Columns; column++, to += quads)
                    {
                        byte* run = x + (row * tile.RowStep) + (column * tile.ColumnStep);
                        for (int p = 0; p < tile.Count; p++)
                            {{run.Name}}(run + (p * tile.Step), shape.Run, end, to + (p * wide.PixelPitch));
                    }
                }

                return true;
            }
            """,
            ConvTileHelpers.Shape, ConvTileHelpers.Tile, Wide, run);
    }

    /// <summary>What tells names for codes of few bits from those for bytes.</summary>
    public static string Suffix(int bits) => bits == 8 ? "" : FormattableString.Invariant($"{bits}");

    private static Helper WidenRunPacked(int bits, string bytes, string factors, Helper loadQuad) => new(
        FormattableString.Invariant($"WidenRun{bits}"),
        $$"""
        /// <summary>
        /// Widens a run of codes of {{bits}} bits. Whole vectors are read and written where they can be before end: what lies behind
        /// a run meets weights of zero.
        /// </summary>
        [MethodImpl(MethodImplOptions.AggressiveInlining)]
        private static void WidenRun{{bits}}(byte* from, int count, byte* end, ulong* to)
        {
            // Each lane of 16 bits takes the byte that holds its code and moves the code to the byte's end.
            Vector256<byte> order = Vector256.Create({{bytes}}).AsByte();
            Vector256<ushort> move = Vector256.Create({{factors}}).AsUInt16(), mask = Vector256.Create((ushort){{(1 << bits) - 1}});
            int vectors = (int)Math.Min(count, (end - from - {{(2 * bits) - 1}}) * {{8 / bits}});
            int i = 0;
            for (; i < vectors; i += 16, from += {{2 * bits}}, to += 4)
            {
                Vector256<ushort> lanes = Avx2.Shuffle(Vector256.Create(*({{(bits == 4 ? "ulong" : "uint")}}*)from).AsByte(), order).AsUInt16();
                (Vector256.ShiftRightLogical(lanes * move, {{8 - bits}}) & mask).AsUInt64().Store(to);
            }

            for (; i < count; i += 4, from += {{bits / 2}}, to++)
            {
                ulong quad = {{loadQuad.Name}}(from, count - i);
                *to = (quad & 0x00FF00FF) | ((quad << 24) & 0x00FF00FF00000000);
            }
        }
        """,
        loadQuad);
}
