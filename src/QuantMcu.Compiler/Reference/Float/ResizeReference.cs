using System;
using QuantMcu.Compiler.Graph;
using QuantMcu.Compiler.Graph.Operators;

namespace QuantMcu.Compiler.Reference.Float;

internal static class ResizeReference
{
    public static Tensor Evaluate(Resize resize, Operands operands)
    {
        if (operands.Output.Shape.Elements == 0)
            return TensorData.Allocate(operands.Output);
        if (operands[0].Shape.Elements == 0)
            throw operands.Invalid("an empty input cannot be enlarged");

        return resize.Mode == ResizeMode.Nearest ? EvaluateNearest(resize, operands) : EvaluateInterpolated(resize, operands);
    }

    private static Tensor EvaluateNearest(Resize resize, Operands operands)
    {
        Shape shape = operands[0].Shape, output = operands.Output.Shape;
        var strides = shape.Strides();
        var offsets = new int[shape.Rank][];
        for (int axis = 0; axis < shape.Rank; axis++)
        {
            var coordinates = new ResizeCoordinates(resize, axis, shape[axis]);
            offsets[axis] = new int[output[axis]];
            for (int i = 0; i < output[axis]; i++)
                offsets[axis][i] = Limit(Nearest(resize.Nearest, coordinates.Source(i)), shape[axis]) * strides[axis];
        }

        return TensorData.Take(operands[0], output, SourceIndices.Combine(offsets));
    }

    public static int Nearest(NearestMode mode, double source) => (int)(mode switch
    {
        NearestMode.RoundPreferFloor => Math.Ceiling(source - 0.5),
        NearestMode.RoundPreferCeil => Math.Floor(source + 0.5),
        NearestMode.Floor => Math.Floor(source),
        _ => Math.Ceiling(source),
    });

    /// <summary>Linear and cubic interpolation are separable: one axis after the other.</summary>
    private static Tensor EvaluateInterpolated(Resize resize, Operands operands)
    {
        var shape = operands[0].Shape;
        var values = operands[0].ToDoubles();
        for (int axis = 0; axis < shape.Rank; axis++)
        {
            if (resize.Sizes[axis] == shape[axis] && resize.Scales[axis] == 1)
                continue;

            operands.Cancellation.ThrowIfCancellationRequested();
            values = InterpolateAxis(resize, axis, shape, values);
            shape = new Shape(shape.Dimensions.SetItem(axis, resize.Sizes[axis]));
        }

        return TensorData.FromDoubles(operands.Output, values);
    }

    private static double[] InterpolateAxis(Resize resize, int axis, Shape shape, double[] values)
    {
        var coordinates = new ResizeCoordinates(resize, axis, shape[axis]);
        int inner = shape.Strides()[axis], size = shape[axis], resized = resize.Sizes[axis];
        int outer = values.Length / (inner * size);
        var result = new double[outer * resized * inner];
        for (int i = 0; i < resized; i++)
        {
            double source = coordinates.Source(i);
            var weights = Weights(resize, source, size);
            int firstTap = (int)Math.Floor(source) - ((weights.Length / 2) - 1);
            for (int j = 0; j < outer; j++)
            {
                for (int k = 0; k < inner; k++)
                {
                    double sum = 0;
                    for (int tap = 0; tap < weights.Length; tap++)
                        sum += weights[tap] * values[(((j * size) + Limit(firstTap + tap, size)) * inner) + k];

                    result[(((j * resized) + i) * inner) + k] = sum;
                }
            }
        }

        return result;
    }

    /// <summary>Weights of the taps around a coordinate: 2 for linear, 4 for cubic, half of them at or below it.</summary>
    private static double[] Weights(Resize resize, double source, int size)
    {
        double floor = Math.Floor(source), t = source - floor;
        double[] weights = resize.Mode == ResizeMode.Linear
            ? [1 - t, t]
            : [Outer(resize.CubicA, 1 + t), Inner(resize.CubicA, t), Inner(resize.CubicA, 1 - t), Outer(resize.CubicA, 2 - t)];
        if (!resize.ExcludeOutside)
            return weights;

        double sum = 0;
        for (int tap = 0; tap < weights.Length; tap++)
        {
            double coordinate = floor - ((weights.Length / 2) - 1) + tap;
            if (coordinate < 0 || coordinate >= size)
                weights[tap] = 0;

            sum += weights[tap];
        }

        return Array.ConvertAll(weights, weight => weight / sum);
    }

    /// <summary>Keys' cubic kernel at distances up to 1.</summary>
    private static double Inner(double a, double distance) =>
        ((((a + 2) * distance) - (a + 3)) * distance * distance) + 1;

    /// <summary>Keys' cubic kernel at distances from 1 to 2.</summary>
    private static double Outer(double a, double distance) =>
        (((((a * distance) - (5 * a)) * distance) + (8 * a)) * distance) - (4 * a);

    public static int Limit(int coordinate, int size) => Math.Max(0, Math.Min(size - 1, coordinate));
}
