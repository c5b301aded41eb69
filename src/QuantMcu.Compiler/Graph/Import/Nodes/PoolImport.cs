using QuantMcu.Compiler.Graph.Operators;

namespace QuantMcu.Compiler.Graph.Import.Nodes;

/// <summary>Pooling by windows. Pooling over the whole image is a reduction: see <see cref="ReduceImport"/>.</summary>
internal static class PoolImport
{
    public static void MaxPool(OnnxNode node)
    {
        if (node.HasOutput(1))
            throw node.Unsupported("has a second output (indices)", "MaxPool with one output");

        // The order that indices count in; there are none.
        if (node.Opset >= 8)
            node.Attributes.Ignore("storage_order");

        var x = node.Input(0);
        var (window, ceiling) = ReadWindow(node, x, hasDilations: node.Opset >= 10);
        node.Return(new MaxPool(window, ceiling, Layout.ChannelsFirst), x);
    }

    public static void AveragePool(OnnxNode node)
    {
        var x = node.Float(0);
        var (window, ceiling) = ReadWindow(node, x, hasDilations: node.Opset >= 19);
        bool includePad = node.Attributes.Flag("count_include_pad", false);
        node.Return(new AveragePool(window, ceiling, includePad, Layout.ChannelsFirst), x);
    }

    private static (Window Window, bool Ceiling) ReadWindow(OnnxNode node, Value x, bool hasDilations)
    {
        var window = WindowImport.Read(node, x.Shape, weightKernel: null, hasDilations, out bool automatic);
        for (int axis = 0; axis < window.Rank; axis++)
        {
            // Such a window could lie in the padding alone, where neither a maximum nor a mean exists.
            if (window.PadsBegin[axis] >= window.Extent(axis) || window.PadsEnd[axis] >= window.Extent(axis))
                throw node.Invalid("it pads as much as its window spans");
        }

        bool ceiling = node.Opset >= 10 && node.Attributes.Flag("ceil_mode", false);
        return (window, ceiling && !automatic);
    }
}
