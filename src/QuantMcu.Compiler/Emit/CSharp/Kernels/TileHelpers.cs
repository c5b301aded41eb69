namespace QuantMcu.Compiler.Emit.CSharp.Kernels;

/// <summary>What a tile of a patch stage does beside calling kernels: finds its part of feature maps, and moves halos.</summary>
internal static class TileHelpers
{
    public static readonly Helper Extents = new(
        "Extents",
        """
        /// <summary>
        /// Rows (or columns) of a feature map that a tile has in memory: Begin .. End - 1. Those before Fresh come from caches, the others
        /// it computes; those from Keep on are what the next tile needs.
        /// </summary>
        private readonly struct Extent(int begin, int fresh, int end, int keep)
        {
            public readonly int Begin = begin, Fresh = fresh, End = end, Keep = keep;
        }

        /// <summary>Extents of all feature maps for a row (or column) of tiles.</summary>
        [MethodImpl(MethodImplOptions.AggressiveInlining)]
        private static Extent* Extents(ReadOnlySpan<int> table, int index, int maps) =>
            (Extent*)Unsafe.AsPointer(ref MemoryMarshal.GetReference(table)) + (index * maps);
        """);

    public static readonly Helper Open = new(
        "OpenMap",
        """
        /// <summary>The part of a feature map that a tile has in memory. Pixels stands for row 0, column 0 of the whole map.</summary>
        private struct Map
        {
            public byte* Pixels;
            public int Pitch, Pixel;
            public Extent Rows, Columns;

            public readonly bool HasFresh => Rows.Fresh < Rows.End && Columns.Fresh < Columns.End;

            public readonly Region Fresh =>
                new Region { Top = Rows.Fresh, Bottom = Rows.End, Left = Columns.Fresh, Right = Columns.End };

            public readonly byte* At(int row, int column) => Pixels + ((long)row * Pitch) + ((long)column * Pixel);
        }

        /// <summary>A feature map in a buffer that begins with the first pixel of the tile's part.</summary>
        private static Map OpenMap(byte* buffer, int pitch, int pixel, in Extent rows, in Extent columns) => new Map
        {
            Pixels = buffer - ((long)rows.Begin * pitch) - ((long)columns.Begin * pixel),
            Pitch = pitch,
            Pixel = pixel,
            Rows = rows,
            Columns = columns,
        };
        """,
        RegionPrinter.Region, Extents);

    private static readonly Helper Copy = new(
        "CopyRows",
        """
        private static void CopyRows(byte* from, int fromPitch, byte* to, int toPitch, int rows, int bytes)
        {
            for (; rows > 0 && bytes > 0; rows--, from += fromPitch, to += toPitch)
                Unsafe.CopyBlockUnaligned(to, from, (uint)bytes);
        }
        """);

    public static readonly Helper LoadColumns = new(
        "LoadColumns",
        """
        /// <summary>Columns that the tile on the left kept.</summary>
        private static void LoadColumns(in Map map, byte* cache, int pitch) => CopyRows(
            cache, pitch, map.At(map.Rows.Begin, map.Columns.Begin), map.Pitch,
            map.Rows.End - map.Rows.Begin, (map.Columns.Fresh - map.Columns.Begin) * map.Pixel);
        """,
        Open, Copy);

    public static readonly Helper LoadRows = new(
        "LoadRows",
        """
        /// <summary>Rows that the tile above kept, above the columns that this tile computes.</summary>
        private static void LoadRows(in Map map, byte* cache, int pitch) => CopyRows(
            cache + ((long)map.Columns.Fresh * map.Pixel), pitch, map.At(map.Rows.Begin, map.Columns.Fresh), map.Pitch,
            map.Rows.Fresh - map.Rows.Begin, (map.Columns.End - map.Columns.Fresh) * map.Pixel);
        """,
        Open, Copy);

    public static readonly Helper SaveRows = new(
        "SaveRows",
        """
        /// <summary>Keeps rows for the tile below, of the columns that this tile computed.</summary>
        private static void SaveRows(in Map map, byte* cache, int pitch) => CopyRows(
            map.At(map.Rows.Keep, map.Columns.Fresh), map.Pitch, cache + ((long)map.Columns.Fresh * map.Pixel), pitch,
            map.Rows.End - map.Rows.Keep, (map.Columns.End - map.Columns.Fresh) * map.Pixel);
        """,
        Open, Copy);

    public static readonly Helper SaveColumns = new(
        "SaveColumns",
        """
        /// <summary>Keeps columns for the tile on the right.</summary>
        private static void SaveColumns(in Map map, byte* cache, int pitch) => CopyRows(
            map.At(map.Rows.Begin, map.Columns.Keep), map.Pitch, cache, pitch,
            map.Rows.End - map.Rows.Begin, (map.Columns.End - map.Columns.Keep) * map.Pixel);
        """,
        Open, Copy);
}
