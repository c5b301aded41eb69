using QuantMcu.Compiler.Graph;

namespace QuantMcu.Compiler.Reference.Integer;

/// <summary>Flat indices of regularly spaced elements.</summary>
internal static class IndexMap
{
    /// <summary><c>offset + i0 * strides[0] + i1 * strides[1] + ...</c> for every element of <paramref name="shape"/>, row-major.</summary>
    public static int[] Of(Shape shape, System.Collections.Generic.IReadOnlyList<int> strides, int offset = 0)
    {
        var map = new int[shape.Elements];
        if (map.Length == 0)
            return map;

        map[0] = offset;
        int filled = 1;
        for (int axis = shape.Rank - 1; axis >= 0; axis--)
        {
            // What is filled so far is one slice of this axis; the other slices are the same, moved by the axis' stride.
            int slice = filled;
            for (int index = 1; index < shape[axis]; index++)
            {
                for (int i = 0; i < slice; i++)
                    map[filled++] = map[i] + (index * strides[axis]);
            }
        }

        return map;
    }
}
