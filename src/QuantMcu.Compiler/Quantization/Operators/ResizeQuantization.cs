using System;
using System.Collections.Immutable;
using System.Linq;
using QuantMcu.Compiler.Graph;
using QuantMcu.Compiler.Graph.Operators;
using QuantMcu.Compiler.Quantization.Layers;
using QuantMcu.Compiler.Reference.Float;

namespace QuantMcu.Compiler.Quantization.Operators;

/// <summary>Resize of rows and columns, nearest or linear: <see cref="ResizeLayer"/>.</summary>
internal static class ResizeQuantization
{
    private const int One = 1024;

    public static void Add(Node node, Resize resize, NetworkBuilder builder)
    {
        var shape = node.Inputs[0]!.Shape;
        if (resize.Mode == ResizeMode.Cubic)
            throw Unsupported.Form(node, "cubic interpolation overshoots", "Export the model with nearest or linear resizing.");
        if (shape.Rank != 4 || resize.Sizes[0] != shape[0] || resize.Sizes[3] != shape[3])
            throw Unsupported.Form(node, "it resizes " + shape + " to " + new Shape(resize.Sizes), "Resize rows and columns of an image only.");

        int y = builder.Declare(node.Output);
        int x = builder.Operand(node.Inputs[0]!, builder.Quantizer(y));
        builder.Add(new ResizeLayer(node.Name, [x], y, Axis(resize, 1, shape[1]), Axis(resize, 2, shape[2])));
    }

    private static ResizeAxis Axis(Resize resize, int axis, int size)
    {
        var coordinates = new ResizeCoordinates(resize, axis, size);
        int count = resize.Sizes[axis];
        int[] low = new int[count], high = new int[count], fraction = new int[count];
        for (int i = 0; i < count; i++)
        {
            double source = coordinates.Source(i);
            if (resize.Mode == ResizeMode.Nearest)
            {
                low[i] = high[i] = ResizeReference.Limit(ResizeReference.Nearest(resize.Nearest, source), size);
                continue;
            }

            int floor = (int)Math.Floor(source);
            low[i] = ResizeReference.Limit(floor, size);
            high[i] = ResizeReference.Limit(floor + 1, size);
            fraction[i] = low[i] == high[i] ? 0 : (int)Math.Round((source - floor) * One);
        }

        return new ResizeAxis([.. low], [.. high], [.. fraction]);
    }
}
