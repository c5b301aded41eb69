using System;
using System.Collections.Immutable;
using System.Linq;
using QuantMcu.Compiler.Graph.Operators;
using Operator = QuantMcu.Compiler.Graph.Operators.Resize;

namespace QuantMcu.Compiler.Graph.Import.Nodes;

/// <summary>
/// Upsample (opsets 7 to 9) and Resize: 10 has scales only; 11 adds sizes and coordinate modes; 13 makes inputs optional; 18 adds axes
/// and keep_aspect_ratio_policy; 19 adds half_pixel_symmetric.
/// </summary>
internal static class ResizeImport
{
    private const string Nearest = "Resize in mode nearest, linear or cubic, without antialias and without cropping";

    public static void Upsample(OnnxNode node)
    {
        var x = node.Input(0);
        float[] scales = node.Opset < 9
            ? node.Attributes.Floats("scales") ?? throw node.Invalid("attribute 'scales' is missing")
            : Floats(node, 1, "scales") ?? throw node.Invalid("input 'scales' is missing");
        if (scales.Any(scale => !(scale >= 1)))
            throw node.Invalid("a scale is below 1");

        ReturnSimple(node, x, scales);
    }

    public static void Resize(OnnxNode node)
    {
        var x = node.Input(0);
        if (node.Opset == 10)
            ReturnSimple(node, x, Floats(node, 1, "scales") ?? throw node.Invalid("input 'scales' is missing"));
        else
            ReturnFull(node, x);
    }

    /// <summary>The form before opset 11: coordinates are divided by the scale; nearest takes the pixel before, or the one after when shrinking.</summary>
    private static void ReturnSimple(OnnxNode node, Value x, float[] scales)
    {
        var mode = Mode(node);
        if (mode == ResizeMode.Cubic)
            throw node.Invalid("mode 'cubic' needs opset 11");

        bool grows = scales.Any(scale => scale > 1), shrinks = scales.Any(scale => scale < 1);
        if (mode == ResizeMode.Nearest && grows && shrinks)
            throw node.Unsupported("grows one axis and shrinks another", "Resize of opset 11 or later, which says how to round");

        var nearest = shrinks ? NearestMode.Ceil : NearestMode.Floor;
        var sizes = ScaledSizes(node, x.Shape, scales);
        node.Return(new Operator(mode, CoordinateMode.Asymmetric, nearest, sizes, scales.ToImmutableArray()), x);
    }

    private static void ReturnFull(OnnxNode node, Value x)
    {
        var mode = Mode(node);
        var coordinates = Coordinates(node);
        var nearest = Nearby(node);
        float cubicA = node.Attributes.Float("cubic_coeff_a", -0.75f);
        bool excludeOutside = node.Attributes.Flag("exclude_outside", false);
        if (node.Opset >= 18 && node.Attributes.Flag("antialias", false))
            throw node.Unsupported("has antialias", Nearest);

        // The region and value of cropping, which is not supported.
        node.Attributes.Ignore("extrapolation_value");
        node.Optional(1);

        var (sizes, scales) = Target(node, x.Shape);
        node.Return(new Operator(mode, coordinates, nearest, sizes, scales) { CubicA = cubicA, ExcludeOutside = excludeOutside }, x);
    }

    private static ResizeMode Mode(OnnxNode node)
    {
        string mode = node.Attributes.Text("mode", "nearest");
        return mode switch
        {
            "nearest" => ResizeMode.Nearest,
            "linear" or "bilinear" => ResizeMode.Linear,
            "cubic" => ResizeMode.Cubic,
            _ => throw node.Invalid("mode is '" + mode + "'"),
        };
    }

    private static CoordinateMode Coordinates(OnnxNode node)
    {
        string mode = node.Attributes.Text("coordinate_transformation_mode", "half_pixel");
        return mode switch
        {
            "half_pixel" => CoordinateMode.HalfPixel,
            "half_pixel_symmetric" when node.Opset >= 19 => CoordinateMode.HalfPixelSymmetric,
            "pytorch_half_pixel" => CoordinateMode.PytorchHalfPixel,
            "align_corners" => CoordinateMode.AlignCorners,
            "asymmetric" => CoordinateMode.Asymmetric,
            "tf_crop_and_resize" or "tf_half_pixel_for_nn" => throw node.Unsupported("has coordinate_transformation_mode " + mode, Nearest),
            _ => throw node.Invalid("coordinate_transformation_mode is '" + mode + "'"),
        };
    }

    private static NearestMode Nearby(OnnxNode node)
    {
        string mode = node.Attributes.Text("nearest_mode", "round_prefer_floor");
        return mode switch
        {
            "round_prefer_floor" => NearestMode.RoundPreferFloor,
            "round_prefer_ceil" => NearestMode.RoundPreferCeil,
            "floor" => NearestMode.Floor,
            "ceil" => NearestMode.Ceil,
            _ => throw node.Invalid("nearest_mode is '" + mode + "'"),
        };
    }

    private static (ImmutableArray<int> Sizes, ImmutableArray<float> Scales) Target(OnnxNode node, Shape x)
    {
        float[]? scales = Floats(node, 2, "scales");
        long[]? sizes = node.OptionalIntegers(3, "sizes");
        bool bySizes = sizes is { Length: > 0 };
        if (bySizes == scales is { Length: > 0 })
            throw node.Invalid("it needs either scales or sizes");

        int[] axes = Axes(node, x.Rank);
        if ((bySizes ? sizes!.Length : scales!.Length) != axes.Length)
            throw node.Invalid("it resizes " + (bySizes ? sizes!.Length : scales!.Length) + " axes, not " + axes.Length);

        string policy = node.Opset < 18 ? "stretch" : node.Attributes.Text("keep_aspect_ratio_policy", "stretch");
        if (policy is not ("stretch" or "not_larger" or "not_smaller"))
            throw node.Invalid("keep_aspect_ratio_policy is '" + policy + "'");

        if (bySizes)
            return policy == "stretch" ? Stretched(node, x, axes, sizes!) : Proportional(node, x, axes, sizes!, policy == "not_larger");

        var all = Enumerable.Repeat(1f, x.Rank).ToArray();
        for (int i = 0; i < axes.Length; i++)
            all[axes[i]] = scales![i];

        return (ScaledSizes(node, x, all), all.ToImmutableArray());
    }

    private static int[] Axes(OnnxNode node, int rank)
    {
        long[]? axes = node.Opset < 18 ? null : node.Attributes.Integers("axes");
        if (axes is null)
            return Enumerable.Range(0, rank).ToArray();

        node.Axes(axes, rank);
        return axes.Select(axis => node.Axis(axis, rank)).ToArray();
    }

    private static (ImmutableArray<int> Sizes, ImmutableArray<float> Scales) Stretched(OnnxNode node, Shape x, int[] axes, long[] given)
    {
        var sizes = x.Select(dimension => (long)dimension).ToArray();
        var scales = Enumerable.Repeat(1f, x.Rank).ToArray();
        for (int i = 0; i < axes.Length; i++)
        {
            sizes[axes[i]] = given[i];
            scales[axes[i]] = given[i] / (float)NotEmpty(node, x, axes[i]);
        }

        return (Positive(node, sizes), scales.ToImmutableArray());
    }

    /// <summary>One scale for all axes: the largest that stays within the sizes, or the smallest that reaches them.</summary>
    private static (ImmutableArray<int> Sizes, ImmutableArray<float> Scales) Proportional(
        OnnxNode node, Shape x, int[] axes, long[] given, bool notLarger)
    {
        var ratios = axes.Select((axis, i) => given[i] / (float)NotEmpty(node, x, axis)).ToArray();
        float scale = notLarger ? ratios.Min() : ratios.Max();
        var sizes = x.Select(dimension => (long)dimension).ToArray();
        var scales = Enumerable.Repeat(1f, x.Rank).ToArray();
        foreach (int axis in axes)
        {
            sizes[axis] = Whole(node, Math.Floor((scale * x[axis]) + 0.5));
            scales[axis] = scale;
        }

        return (Positive(node, sizes), scales.ToImmutableArray());
    }

    private static ImmutableArray<int> ScaledSizes(OnnxNode node, Shape x, float[] scales)
    {
        if (scales.Length != x.Rank)
            throw node.Invalid("it has " + scales.Length + " scales for shape " + x);
        if (scales.Any(scale => !(scale > 0)))
            throw node.Invalid("a scale is not positive");

        // In float, as ONNX Runtime does: a double would see 0.7f * 10 as less than 7.
        return Positive(node, x.Select((dimension, axis) => Whole(node, Math.Floor((float)(dimension * scales[axis])))).ToArray());
    }

    private static int NotEmpty(OnnxNode node, Shape x, int axis) =>
        x[axis] > 0 ? x[axis] : throw node.Invalid("it resizes an empty axis of " + x);

    private static long Whole(OnnxNode node, double size) =>
        size <= ModelLimits.TensorElements ? (long)size : throw node.Invalid("it resizes an axis to " + size + " elements");

    private static ImmutableArray<int> Positive(OnnxNode node, long[] sizes)
    {
        var shape = node.Shape(sizes);
        return shape.All(size => size > 0) ? shape.Dimensions : throw node.Invalid("it resizes to the empty shape " + shape);
    }

    private static float[]? Floats(OnnxNode node, int index, string role)
    {
        var tensor = node.OptionalConstant(index, role);
        if (tensor is not null && (tensor.Element != ElementType.Float32 || tensor.Shape.Rank != 1))
            throw node.Invalid("input '" + role + "' is " + tensor.Type + ", not a vector of floats");

        return tensor?.Floats;
    }
}
