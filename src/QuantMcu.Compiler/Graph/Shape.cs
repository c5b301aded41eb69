using System;
using System.Collections;
using System.Collections.Generic;
using System.Collections.Immutable;
using System.Linq;

namespace QuantMcu.Compiler.Graph;

/// <summary>The dimensions of a tensor, outermost first. Every dimension is known and non-negative; a scalar has rank 0.</summary>
public sealed class Shape : IReadOnlyList<int>, IEquatable<Shape>
{
    public static readonly Shape Scalar = new(ImmutableArray<int>.Empty);

    public Shape(ImmutableArray<int> dimensions) => Dimensions = dimensions;

    public Shape(params int[] dimensions)
        : this(ImmutableArray.Create(dimensions))
    {
    }

    public Shape(IEnumerable<int> dimensions)
        : this(dimensions.ToImmutableArray())
    {
    }

    public ImmutableArray<int> Dimensions { get; }

    public int Rank => Dimensions.Length;

    int IReadOnlyCollection<int>.Count => Dimensions.Length;

    public int this[int axis] => Dimensions[axis];

    /// <summary>Number of elements. The importer bounds it (see ModelLimits), so it fits an int.</summary>
    public int Elements
    {
        get
        {
            int product = 1;
            foreach (int dimension in Dimensions)
                product = checked(product * dimension);

            return product;
        }
    }

    /// <summary>Row-major strides in elements.</summary>
    public int[] Strides()
    {
        var strides = new int[Rank];
        int stride = 1;
        for (int axis = Rank - 1; axis >= 0; axis--)
        {
            strides[axis] = stride;
            stride *= Dimensions[axis];
        }

        return strides;
    }

    /// <summary>Turns an ONNX axis, negative from the end, into 0 .. Rank - 1 (or Rank, where an insertion point is meant).</summary>
    public int Axis(int axis) => axis < 0 ? axis + Rank : axis;

    public bool Equals(Shape? other) => other is not null && Dimensions.SequenceEqual(other.Dimensions);

    public override bool Equals(object? obj) => Equals(obj as Shape);

    public override int GetHashCode() => Dimensions.Aggregate(17, (hash, dimension) => unchecked((hash * 31) + dimension));

    public IEnumerator<int> GetEnumerator() => ((IEnumerable<int>)Dimensions).GetEnumerator();

    IEnumerator IEnumerable.GetEnumerator() => GetEnumerator();

    /// <summary><c>1x3x96x96</c>; <c>scalar</c> for rank 0.</summary>
    public override string ToString() => Rank == 0 ? "scalar" : string.Join("x", Dimensions);
}
