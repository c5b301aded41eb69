using System;
using QuantMcu.Compiler.Graph.Operators;

namespace QuantMcu.Compiler.Reference.Float;

/// <summary>
/// Where along one axis of the input of a Resize an output coordinate lies (ONNX's coordinate_transformation_mode).
/// </summary>
internal readonly struct ResizeCoordinates
{
    private readonly CoordinateMode mode;
    private readonly int size;
    private readonly int resized;
    private readonly double scale;
    private readonly bool exact;

    public ResizeCoordinates(Resize resize, int axis, int size)
    {
        mode = resize.Coordinates;
        this.size = size;
        resized = resize.Sizes[axis];
        scale = resize.Scales[axis];
        exact = resize.Scales[axis] == (float)((double)resized / size);
    }

    /// <summary>Input size times the scale: not an integer where the output size was rounded down.</summary>
    private double ScaledSize => exact ? resized : scale * size;

    /// <summary>The input coordinate of an output coordinate; may lie outside the input.</summary>
    public double Source(int coordinate)
    {
        switch (mode)
        {
            case CoordinateMode.Asymmetric:
                return Unscale(coordinate);
            case CoordinateMode.AlignCorners:
                return ScaledSize == 1 ? 0 : coordinate * (size - 1) / (ScaledSize - 1);
            case CoordinateMode.PytorchHalfPixel:
                return resized == 1 ? 0 : Unscale(coordinate + 0.5) - 0.5;
            case CoordinateMode.HalfPixelSymmetric:
                double offset = size / 2.0 * (1 - (resized / ScaledSize));
                return offset + Unscale(coordinate + 0.5) - 0.5;
            case CoordinateMode.HalfPixel:
                return Unscale(coordinate + 0.5) - 0.5;
            default:
                throw new NotSupportedException("No reference for coordinates " + mode + ".");
        }
    }

    /// <summary>
    /// Divides by the scale; by the quotient of the sizes where the scale is that quotient rounded to float, so that the
    /// rounding cannot move a coordinate across an integer.
    /// </summary>
    private double Unscale(double coordinate) => exact ? coordinate * size / resized : coordinate / scale;
}
