using System.Collections.Immutable;

namespace QuantMcu.Compiler.Graph.Operators;

public enum ResizeMode
{
    Nearest,
    Linear,
    Cubic,
}

/// <summary>How an output coordinate maps to an input coordinate; names follow ONNX.</summary>
public enum CoordinateMode
{
    HalfPixel,
    HalfPixelSymmetric,
    PytorchHalfPixel,
    AlignCorners,
    Asymmetric,
}

public enum NearestMode
{
    RoundPreferFloor,
    RoundPreferCeil,
    Floor,
    Ceil,
}

/// <summary>
/// Resampling. <c>Sizes</c> is the output shape, one entry per axis; <c>Scales</c> is output over input as ONNX uses it in the coordinate
/// mapping (not always the exact quotient of the sizes).
/// </summary>
public sealed record Resize(
    ResizeMode Mode, CoordinateMode Coordinates, NearestMode Nearest, ImmutableArray<int> Sizes, ImmutableArray<float> Scales) : Operator
{
    /// <summary>Coefficient a of the cubic kernel.</summary>
    public float CubicA { get; init; } = -0.75f;

    /// <summary>Weights of samples outside the input are 0 and the rest is renormalised.</summary>
    public bool ExcludeOutside { get; init; }

    public override string Name => "Resize";

    public override ImmutableArray<TensorType> Infer(OperatorContext context)
    {
        var x = context.Type(0, this);
        if (Sizes.Length != x.Shape.Rank || Scales.Length != x.Shape.Rank)
            throw context.Invalid(this, "it resizes " + Sizes.Length + " axes of shape " + x.Shape);

        return One(x.Element, new Shape(Sizes));
    }
}
