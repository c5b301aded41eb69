using QuantMcu.Compiler.Graph.Operators;

namespace QuantMcu.Compiler.Reference.Float;

/// <summary>A window's movement along one axis.</summary>
internal readonly struct SlidingAxis
{
    private readonly int stride;
    private readonly int dilation;
    private readonly int padBegin;
    private readonly int padEnd;

    private SlidingAxis(int kernel, int stride, int dilation, int padBegin, int padEnd)
    {
        Kernel = kernel;
        this.stride = stride;
        this.dilation = dilation;
        this.padBegin = padBegin;
        this.padEnd = padEnd;
    }

    /// <summary>Taps along the axis.</summary>
    public int Kernel { get; }

    /// <summary>Movement over rows; a window of one spatial axis has a single row.</summary>
    public static SlidingAxis Rows(Window window) => window.Rank == 2 ? Of(window, 0) : new SlidingAxis(1, 1, 1, 0, 0);

    public static SlidingAxis Columns(Window window) => Of(window, window.Rank - 1);

    /// <summary>The input coordinate under a tap, negative or past the end in the padding.</summary>
    public int Input(int output, int tap) => (output * stride) - padBegin + (tap * dilation);

    /// <summary>Whether a coordinate is in the padded input (a rounded-up output size lets windows reach past it).</summary>
    public bool IsPadded(int coordinate, int size) => coordinate >= -padBegin && coordinate < size + padEnd;

    private static SlidingAxis Of(Window window, int axis) => new(
        window.Kernel[axis], window.Strides[axis], window.Dilations[axis], window.PadsBegin[axis], window.PadsEnd[axis]);
}
