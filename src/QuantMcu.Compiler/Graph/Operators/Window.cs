using System.Collections.Immutable;

namespace QuantMcu.Compiler.Graph.Operators;

/// <summary>A sliding window over the spatial axes (1 or 2 of them), all in elements. Pads are explicit: auto_pad is resolved on import.</summary>
public sealed record Window(
    ImmutableArray<int> Kernel,
    ImmutableArray<int> Strides,
    ImmutableArray<int> Dilations,
    ImmutableArray<int> PadsBegin,
    ImmutableArray<int> PadsEnd)
{
    public int Rank => Kernel.Length;

    /// <summary>Elements of the kernel.</summary>
    public int Taps
    {
        get
        {
            int taps = 1;
            foreach (int size in Kernel)
                taps *= size;

            return taps;
        }
    }

    /// <summary>Elements that the kernel spans along an axis, holes of the dilation included.</summary>
    public int Extent(int axis) => ((Kernel[axis] - 1) * Dilations[axis]) + 1;

    /// <summary>Output size along an axis; 0 or less where the window does not fit.</summary>
    /// <param name="axis">Spatial axis, 0-based.</param>
    /// <param name="size">Input size along it.</param>
    /// <param name="ceiling">Round up (ONNX ceil_mode), without windows that would start in the end padding.</param>
    public int OutputSize(int axis, int size, bool ceiling = false)
    {
        int room = size + PadsBegin[axis] + PadsEnd[axis] - Extent(axis);
        if (room < 0)
            return 0;

        int count = ((ceiling ? room + Strides[axis] - 1 : room) / Strides[axis]) + 1;
        return ceiling && (count - 1) * Strides[axis] >= size + PadsBegin[axis] ? count - 1 : count;
    }

    public static Window Pointwise(int rank)
    {
        var ones = ImmutableArray.CreateRange(System.Linq.Enumerable.Repeat(1, rank));
        var zeros = ImmutableArray.CreateRange(System.Linq.Enumerable.Repeat(0, rank));
        return new Window(ones, ones, ones, zeros, zeros);
    }
}
