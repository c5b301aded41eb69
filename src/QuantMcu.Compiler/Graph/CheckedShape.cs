using System.Collections.Generic;
using QuantMcu.Compiler.Diagnostics;

namespace QuantMcu.Compiler.Graph;

/// <summary>The only way from dimensions that a model gives to a <see cref="Shape"/>: bounded, so that products of it fit an int.</summary>
internal static class CheckedShape
{
    /// <param name="tensor">Name of the tensor, for the diagnostic.</param>
    /// <param name="dimensions">As given.</param>
    /// <exception cref="ModelException">Negative (InvalidTensor) or beyond <see cref="ModelLimits"/> (TooLarge).</exception>
    public static Shape Create(string tensor, IReadOnlyList<long> dimensions)
    {
        if (dimensions.Count > ModelLimits.Rank)
            throw new ModelException(OnnxRules.TooLarge, "The rank of tensor '" + tensor + "', " + dimensions.Count + ",", ModelLimits.Rank);

        var checkedDimensions = new int[dimensions.Count];
        long product = 1;
        for (int axis = 0; axis < checkedDimensions.Length; axis++)
        {
            long dimension = dimensions[axis];
            if (dimension < 0)
                throw new ModelException(OnnxRules.InvalidTensor, tensor, "dimension " + axis + " is " + dimension);

            // A 0 must not hide the size of the other dimensions: strides are products of those alone.
            product = dimension > ModelLimits.TensorElements ? long.MaxValue : product * System.Math.Max(1, dimension);
            if (product > ModelLimits.TensorElements)
                throw TooLarge(tensor, dimensions);

            checkedDimensions[axis] = (int)dimension;
        }

        return new Shape(checkedDimensions);
    }

    private static ModelException TooLarge(string tensor, IReadOnlyList<long> dimensions) => new(
        OnnxRules.TooLarge, "Tensor '" + tensor + "' of shape " + string.Join("x", dimensions), ModelLimits.TensorElements + " elements");
}
