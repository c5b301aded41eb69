using QuantMcu.Compiler.Graph;

namespace QuantMcu.Compiler.Reference.Float;

/// <summary>
/// Where the elements of a result come from, for operators that only move elements. Such an operator is described axis by
/// axis: coordinate i along an axis adds <c>offsets[axis][i]</c> to the flat index into the source, or leads outside of it.
/// </summary>
internal static class SourceIndices
{
    public const int Outside = -1;

    /// <summary>
    /// The flat source index of every element of the result, row-major; <see cref="Outside"/> if any axis leads outside.
    /// </summary>
    public static int[] Combine(int[][] offsets)
    {
        int[] indices = [0];
        foreach (var axis in offsets)
        {
            var next = new int[indices.Length * axis.Length];
            for (int i = 0; i < indices.Length; i++)
            {
                for (int j = 0; j < axis.Length; j++)
                    next[(i * axis.Length) + j] = indices[i] < 0 || axis[j] < 0 ? Outside : indices[i] + axis[j];
            }

            indices = next;
        }

        return indices;
    }

    /// <summary>The offsets of an axis that is walked in equal steps.</summary>
    /// <param name="size">Elements of the result along the axis.</param>
    /// <param name="stride">Distance of neighbours in the source, in elements.</param>
    /// <param name="start">Offset of the first.</param>
    public static int[] Axis(int size, int stride, int start = 0)
    {
        var offsets = new int[size];
        for (int i = 0; i < size; i++)
            offsets[i] = start + (i * stride);

        return offsets;
    }

    /// <summary>The source indices of a strided walk: strides of 0 repeat (broadcasting), permuted strides transpose.</summary>
    public static int[] Strided(Shape result, int[] strides)
    {
        var offsets = new int[result.Rank][];
        for (int axis = 0; axis < result.Rank; axis++)
            offsets[axis] = Axis(result[axis], strides[axis]);

        return Combine(offsets);
    }
}
