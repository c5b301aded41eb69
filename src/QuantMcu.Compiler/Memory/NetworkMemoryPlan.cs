using System.Collections.Immutable;
using QuantMcu.Compiler.Lowering;
using QuantMcu.Compiler.Patching;

namespace QuantMcu.Compiler.Memory;

/// <summary>
/// Where everything that one inference of a network writes has its place: the same in every back end. The C back end adds the scratch of its kernels.
/// </summary>
/// <param name="Arena">Places of all buffers; whatever says "buffer" below is an index into its buffers, whose lives count <paramref name="Steps"/>.</param>
/// <param name="Steps">What happens, in order: of every branch the layers of one tile, then the tail. Branches never run at once.</param>
/// <param name="Tensors">
/// Where the network's tensors are (of a patched network: inputs, split tensor and tail), one per tensor. Of kind Arena: its Index is the buffer.
/// </param>
/// <param name="Imports">Inputs whose signed samples must be converted into their tensor's own storage before the layers of the network.</param>
/// <param name="Branches">
/// The branches of the patch stage, in its order, then the branches of the network's fused layers, in the order of the layers. An input of the latter
/// is a whole tensor of the network, where <paramref name="Tensors"/> says.
/// </param>
public sealed record NetworkMemoryPlan(
    ArenaPlan Arena,
    ImmutableArray<MemoryStep> Steps,
    ImmutableArray<Storage> Tensors,
    ImmutableArray<int> Imports,
    ImmutableArray<BranchMemory> Branches)
{
    /// <summary>Bytes of the arena.</summary>
    public int TotalBytes => Arena.TotalBytes;

    /// <summary>Bytes that no placement of these buffers can go below.</summary>
    public int LowerBound => Arena.LowerBound;

    /// <summary>The point in time of a layer.</summary>
    /// <param name="branch">Index of its branch, or -1.</param>
    /// <param name="layer">Index of the layer there.</param>
    /// <returns>Index into <see cref="Steps"/>; -1 for a layer that moves nothing.</returns>
    public int StepOf(int branch, int layer)
    {
        for (int i = 0; i < Steps.Length; i++)
        {
            if (Steps[i].Branch == branch && Steps[i].Layer == layer)
                return i;
        }

        return -1;
    }
}

/// <summary>A point in time of a memory plan.</summary>
/// <param name="Branch">Index into <see cref="NetworkMemoryPlan.Branches"/> of the branch that runs, or -1 for the network's own layers.</param>
/// <param name="Layer">
/// Index of the layer in the network of the branch (its <see cref="PatchPlan.Stage"/>'s), or in the network; -1 for a conversion of an input or output.
/// </param>
/// <param name="Name">For people.</param>
public sealed record MemoryStep(int Branch, int Layer, string Name);

/// <summary>The memory of one branch of a patch stage.</summary>
/// <param name="Plan">What every tile computes, reads and holds. Tensors are those of the branch's network.</param>
/// <param name="Tensors">One per tensor of the branch's network.</param>
public sealed record BranchMemory(PatchPlan Plan, ImmutableArray<BranchTensorMemory> Tensors);

/// <summary>Where a tensor of a branch is while a tile is computed.</summary>
public enum BranchTensorKind
{
    /// <summary>Nothing reads it.</summary>
    None,

    /// <summary>Read-only data.</summary>
    Constant,

    /// <summary>The caller's input (of a fused layer: its input), read in place: the whole image.</summary>
    Input,

    /// <summary>
    /// A patch buffer: of every tile the region <see cref="PatchPlan.Held"/>, its first pixel at the start of the buffer. Of a signed input it is the
    /// region that the tile reads, converted.
    /// </summary>
    Patch,

    /// <summary>The split tensor (the result of a fused layer): the whole image, where <see cref="NetworkMemoryPlan.Tensors"/> says.</summary>
    Split,
}

/// <summary>
/// A tensor of a branch. A layer computes <see cref="PatchPlan.Computed"/> into it; with a cache, what earlier tiles left comes from the caches first:
/// <list type="bullet">
/// <item>columns Halo x all Held rows from the column cache, whose row 0 is the first Held row and whose column 0 is the first Halo column;</item>
/// <item>rows Halo x the Computed columns from the row cache, whose row 0 is the first Halo row and whose columns are the image's.</item>
/// </list>
/// and once it is computed, before anything else runs, the caches get what the next row of tiles (Computed columns only) and the next tile (all Held
/// rows) call Halo. Pixels are packed and start on bytes. Both must be done even where Computed is empty, unless Halo stays the same.
/// </summary>
/// <param name="Kind">What the tensor is to the branch.</param>
/// <param name="Buffer">Its patch buffer, or -1.</param>
/// <param name="Rows">Rows of the patch buffer: the most that any tile holds.</param>
/// <param name="Columns">Columns of the patch buffer: pixels from row to row, for every tile.</param>
/// <param name="PixelBytes">Bytes of a pixel, in the patch buffer and in the caches.</param>
public sealed record BranchTensorMemory(BranchTensorKind Kind, int Buffer, int Rows, int Columns, int PixelBytes)
{
    /// <summary>Buffer of the row cache, <see cref="RowCacheRows"/> x width of the image; -1 if no tile has a halo of rows.</summary>
    public int RowCache { get; init; } = -1;

    public int RowCacheRows { get; init; }

    /// <summary>Buffer of the column cache, <see cref="Rows"/> x <see cref="ColumnCacheColumns"/>; -1 if no tile has a halo of columns.</summary>
    public int ColumnCache { get; init; } = -1;

    /// <summary>Columns of the column cache: pixels from row to row.</summary>
    public int ColumnCacheColumns { get; init; }
}
