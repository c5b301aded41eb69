using QuantMcu.Compiler.Graph;
using QuantMcu.Compiler.Graph.Operators;

namespace QuantMcu.Compiler.Calibration.Execution;

/// <summary>A 2-D window that slides over an image [N, H, W, C]: where each output pixel finds its taps.</summary>
internal sealed class ImageWindow
{
    private readonly Window window;

    /// <summary>Null where the window is not 2-D or the layout is channels first.</summary>
    public static ImageWindow? TryCreate(Window window, Layout layout, Shape input, Shape output) =>
        window.Rank == 2 && layout == Layout.ChannelsLast ? new ImageWindow(window, input, output) : null;

    private ImageWindow(Window window, Shape input, Shape output)
    {
        this.window = window;
        Batch = input[0];
        Height = input[1];
        Width = input[2];
        Channels = input[3];
        OutputHeight = output[1];
        OutputWidth = output[2];
        OutputChannels = output[3];
    }

    public int Batch { get; }

    public int Height { get; }

    public int Width { get; }

    public int Channels { get; }

    public int OutputHeight { get; }

    public int OutputWidth { get; }

    public int OutputChannels { get; }

    public int Taps => window.Taps;

    public int KernelHeight => window.Kernel[0];

    public int KernelWidth => window.Kernel[1];

    /// <summary>Whether the taps of one kernel row are neighbours in memory.</summary>
    public bool HasDenseRows => window.Dilations[1] == 1;

    /// <summary>Whether every output pixel is a function of the input pixel at its own place.</summary>
    public bool IsPointwise => Taps == 1 && OutputHeight == Height && OutputWidth == Width
        && window.Strides[0] == 1 && window.Strides[1] == 1 && window.PadsBegin[0] == 0 && window.PadsBegin[1] == 0;

    /// <summary>Input row of a tap; outside 0 .. Height - 1 in the padding.</summary>
    public int InputRow(int outputRow, int tapRow) =>
        (outputRow * window.Strides[0]) - window.PadsBegin[0] + (tapRow * window.Dilations[0]);

    /// <summary>Input column of a tap; outside 0 .. Width - 1 in the padding.</summary>
    public int InputColumn(int outputColumn, int tapColumn) =>
        (outputColumn * window.Strides[1]) - window.PadsBegin[1] + (tapColumn * window.Dilations[1]);

    public bool HasRow(int row) => (uint)row < (uint)Height;

    public bool HasColumn(int column) => (uint)column < (uint)Width;

    /// <summary>Taps of an output pixel that are in the image, or in the image and its padding.</summary>
    public int TapsWithin(int outputRow, int outputColumn, bool padding)
    {
        int rows = 0, columns = 0;
        int left = padding ? window.PadsBegin[1] : 0, right = padding ? window.PadsEnd[1] : 0;
        int top = padding ? window.PadsBegin[0] : 0, bottom = padding ? window.PadsEnd[0] : 0;
        for (int y = 0; y < KernelHeight; y++)
            rows += InputRow(outputRow, y) >= -top && InputRow(outputRow, y) < Height + bottom ? 1 : 0;
        for (int x = 0; x < KernelWidth; x++)
            columns += InputColumn(outputColumn, x) >= -left && InputColumn(outputColumn, x) < Width + right ? 1 : 0;

        return rows * columns;
    }
}
