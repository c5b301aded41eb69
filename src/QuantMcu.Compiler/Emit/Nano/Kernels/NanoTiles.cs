using QuantMcu.Compiler.Emit.CSharp;

namespace QuantMcu.Compiler.Emit.Nano.Kernels;

/// <summary>
/// How halos are moved. Tables hold [begin, fresh, end, keep] of every feature map for every row (or column) of tiles: a tile has begin .. end - 1 in
/// memory; what lies before fresh comes from caches, and from keep on is what the next tile needs.
/// </summary>
internal static class NanoTiles
{
    private static readonly Helper CopyRows = new(
        "CopyRows",
        """
        private static void CopyRows(int from, int fromPitch, int to, int toPitch, int rows, int count)
        {
            for (; rows > 0 && count > 0; rows--, from += fromPitch, to += toPitch)
                global::System.Array.Copy(Arena, from, Arena, to, count);
        }
        """);

    public static readonly Helper LoadColumns = Move(
        "LoadColumns", "Columns that the tile on the left kept.",
        """
        CopyRows(
            cache, cachePitch, map + (rows[r] * pitch) + (columns[c] * pixel), pitch,
            rows[r + 2] - rows[r], (columns[c + 1] - columns[c]) * pixel);
        """);

    public static readonly Helper LoadRows = Move(
        "LoadRows", "Rows that the tile above kept, above the columns that this tile computes.",
        """
        CopyRows(
            cache + (columns[c + 1] * pixel), cachePitch, map + (rows[r] * pitch) + (columns[c + 1] * pixel), pitch,
            rows[r + 1] - rows[r], (columns[c + 2] - columns[c + 1]) * pixel);
        """);

    public static readonly Helper SaveRows = Move(
        "SaveRows", "Keeps rows for the tile below, of the columns that this tile computed.",
        """
        CopyRows(
            map + (rows[r + 3] * pitch) + (columns[c + 1] * pixel), pitch, cache + (columns[c + 1] * pixel), cachePitch,
            rows[r + 2] - rows[r + 3], (columns[c + 2] - columns[c + 1]) * pixel);
        """);

    public static readonly Helper SaveColumns = Move(
        "SaveColumns", "Keeps columns for the tile on the right.",
        """
        CopyRows(
            map + (rows[r] * pitch) + (columns[c + 3] * pixel), pitch, cache, cachePitch,
            rows[r + 2] - rows[r], (columns[c + 2] - columns[c + 3]) * pixel);
        """);

    public static readonly Helper Outlier = new(
        "HoldsOutlier",
        """
        /// <summary>Whether a region of the input holds a code below low or above high; signed samples are codes less 128.</summary>
        private static bool HoldsOutlier(
            byte[] input, int start, int pitch, int pixel, int flip, int low, int high, int top, int bottom, int left, int right)
        {
            for (int iy = top; iy < bottom; iy++)
            {
                int end = start + (iy * pitch) + (right * pixel);
                for (int i = start + (iy * pitch) + (left * pixel); i < end; i++)
                {
                    int code = input[i] ^ flip;
                    if (code < low || code > high)
                        return true;
                }
            }

            return false;
        }
        """);

    private static Helper Move(string name, string summary, string body) => new(
        name,
        $$"""
        /// <summary>{{summary}}</summary>
        private static void {{name}}(int map, int pitch, int pixel, int[] rows, int r, int[] columns, int c, int cache, int cachePitch)
        {
            {{body.Replace("\n", "\n    ")}}
        }
        """,
        CopyRows);
}
