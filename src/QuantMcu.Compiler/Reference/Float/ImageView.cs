using QuantMcu.Compiler.Graph;
using QuantMcu.Compiler.Graph.Operators;

namespace QuantMcu.Compiler.Reference.Float;

/// <summary>
/// A tensor of images (or of kernels, one per output channel) seen as [count, channels, height, width] whichever way it is
/// laid out. One spatial axis is an image of height 1.
/// </summary>
internal readonly struct ImageView
{
    private readonly int imageStride;
    private readonly int channelStride;
    private readonly int rowStride;
    private readonly int columnStride;

    public ImageView(Shape shape, Layout layout)
    {
        bool channelsFirst = layout == Layout.ChannelsFirst;
        int channelAxis = channelsFirst ? 1 : shape.Rank - 1;
        int columnAxis = channelsFirst ? shape.Rank - 1 : shape.Rank - 2;
        bool hasRows = shape.Rank == 4;
        var strides = shape.Strides();

        Count = shape[0];
        Channels = shape[channelAxis];
        Height = hasRows ? shape[columnAxis - 1] : 1;
        Width = shape[columnAxis];
        imageStride = strides[0];
        channelStride = strides[channelAxis];
        rowStride = hasRows ? strides[columnAxis - 1] : 0;
        columnStride = strides[columnAxis];
    }

    public int Count { get; }

    public int Channels { get; }

    public int Height { get; }

    public int Width { get; }

    /// <summary>The flat index of an element.</summary>
    public int Index(int image, int channel, int row, int column) =>
        (image * imageStride) + (channel * channelStride) + (row * rowStride) + (column * columnStride);
}
