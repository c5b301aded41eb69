namespace QuantMcu.Compiler.Graph.Operators;

/// <summary>An interval that an operator clamps its result to; the form of a fused Relu or Clip.</summary>
public sealed record Clamp(float Min, float Max)
{
    public static readonly Clamp None = new(float.NegativeInfinity, float.PositiveInfinity);

    public static readonly Clamp Relu = new(0f, float.PositiveInfinity);

    public bool IsNone => float.IsNegativeInfinity(Min) && float.IsPositiveInfinity(Max);

    /// <summary>This clamp, then the other.</summary>
    public Clamp Then(Clamp next) => new(Apply(next, Min), Apply(next, Max));

    public static float Apply(Clamp clamp, float value) => value < clamp.Min ? clamp.Min : value > clamp.Max ? clamp.Max : value;
}
