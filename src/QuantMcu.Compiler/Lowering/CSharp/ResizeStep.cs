using System.Collections.Immutable;
using System.Linq;
using QuantMcu.Compiler.Quantization.Layers;

namespace QuantMcu.Compiler.Lowering.CSharp;

/// <summary>Resampling of rows and columns; the data is [low, high, fraction] per output row, then per output column.</summary>
public sealed record ResizeStep(
    string Title, ImmutableArray<Storage> Inputs, Storage Output, ImageShape Image, ImageShape Result, bool IsNearest)
    : Step(Title, Inputs, Output)
{
    public int ColumnsOffset { get; init; }

    internal static ResizeStep Lower(ResizeLayer layer, LayerContext context)
    {
        var data = new StepData();
        data.Add(Table(layer.Rows));
        int columns = data.Add(Table(layer.Columns));
        var image = context.InputImage(0);
        var result = context.OutputImage;
        if (layer.IsNearest)
            (image, result) = (image with { Channels = image.Pixel }, result with { Channels = result.Pixel });

        string kind = layer.IsNearest ? "nearest" : "linear";
        return new ResizeStep(context.Title(kind), context.Inputs, context.Output, image, result, layer.IsNearest)
        {
            MovesBytes = layer.IsNearest,
            ColumnsOffset = columns,
            Data = data.ToArray(),
            Region = context.Region,
        };
    }

    /// <summary>A neighbour of weight 0 may lie outside the region that exists: it is not read.</summary>
    private static int[] Table(ResizeAxis axis) => Enumerable.Range(0, axis.Low.Length)
        .SelectMany(i => new[] { axis.Low[i], axis.Fraction[i] == 0 ? axis.Low[i] : axis.High[i], axis.Fraction[i] }).ToArray();
}
