using System;
using QuantMcu.Compiler.Graph;

namespace QuantMcu.Compiler.Patching;

/// <summary>Rows or columns <c>Begin .. End - 1</c> of a feature map, in the map's own coordinates (padding has none).</summary>
public readonly record struct Interval(int Begin, int End)
{
    public int Length => Math.Max(0, End - Begin);

    public bool IsEmpty => End <= Begin;

    public static Interval Whole(int size) => new(0, size);

    /// <summary>The smallest interval that holds both; an empty one adds nothing.</summary>
    public Interval Union(Interval other) =>
        IsEmpty ? other : other.IsEmpty ? this : new Interval(Math.Min(Begin, other.Begin), Math.Max(End, other.End));

    /// <summary>The part inside <c>0 .. size - 1</c>.</summary>
    public Interval Clip(int size) => End <= 0 || Begin >= size ? default : new(Math.Max(0, Begin), Math.Min(size, End));

    /// <summary>Whether the other lies inside; an empty one always does.</summary>
    public bool Contains(Interval other) => other.IsEmpty || (Begin <= other.Begin && other.End <= End);

    public override string ToString() => Begin + ".." + End;
}

/// <summary>A rectangle of a feature map, all channels.</summary>
public readonly record struct Region(Interval Rows, Interval Columns)
{
    /// <summary>All of an image [1, H, W, C].</summary>
    public static Region Whole(Shape image) => new(Interval.Whole(image[1]), Interval.Whole(image[2]));

    public int Pixels => Rows.Length * Columns.Length;

    public bool IsEmpty => Rows.IsEmpty || Columns.IsEmpty;

    public bool Contains(Region other) => other.IsEmpty || (Rows.Contains(other.Rows) && Columns.Contains(other.Columns));

    public override string ToString() => "[" + Rows + ", " + Columns + "]";
}
