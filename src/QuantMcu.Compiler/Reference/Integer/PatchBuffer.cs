using QuantMcu.Compiler.Patching;
using QuantMcu.Compiler.Quantization;

namespace QuantMcu.Compiler.Reference.Integer;

/// <summary>
/// The memory of one feature map inside a patch stage: the patch buffer, which a tile fills and the next one fills anew, and the caches that
/// carry halos over. The row cache holds, over all columns, rows that the next row of tiles needs; the column cache holds, over the rows of
/// this row of tiles, columns that the next tile needs.
/// </summary>
internal sealed class PatchBuffer(QuantizedTensor tensor, int index, PatchPlan plan)
{
    private readonly PatchMap patch = new(tensor);
    private readonly PatchMap rowCache = new(tensor);
    private readonly PatchMap columnCache = new(tensor);

    public byte[] Read(Region region) => patch.Read(region);

    /// <summary>Assembles the buffer of a tile from the caches and from what the tile computed, then saves what later tiles need.</summary>
    /// <param name="computed">Codes of the region that the plan says the tile computes; empty where that is empty.</param>
    /// <param name="row">The tile.</param>
    /// <param name="column">The tile.</param>
    public void Fill(byte[] computed, int row, int column)
    {
        var held = plan.Held(index, row, column);
        var fresh = plan.Computed(index, row, column);
        patch.Clear();
        Copy(columnCache, patch, new Region(held.Rows, plan.Columns.Halo(index, column)));
        Copy(rowCache, patch, new Region(plan.Rows.Halo(index, row), fresh.Columns));
        patch.Write(fresh, computed);
        SaveRows(fresh.Columns, row);
        SaveColumns(held.Rows, column);
    }

    /// <summary>Of the columns that this tile computed: the left neighbours' are in the cache already.</summary>
    private void SaveRows(Interval columns, int row)
    {
        rowCache.Clear(columns);
        if (row + 1 < plan.Rows.Tiles)
            Copy(patch, rowCache, new Region(plan.Rows.Halo(index, row + 1), columns));
    }

    private void SaveColumns(Interval rows, int column)
    {
        columnCache.Clear();
        if (column + 1 < plan.Columns.Tiles)
            Copy(patch, columnCache, new Region(rows, plan.Columns.Halo(index, column + 1)));
    }

    private static void Copy(PatchMap from, PatchMap to, Region region)
    {
        if (!region.IsEmpty)
            to.Write(region, from.Read(region));
    }
}
