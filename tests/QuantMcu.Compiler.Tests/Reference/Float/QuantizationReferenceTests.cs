using QuantMcu.Compiler.Diagnostics;
using QuantMcu.Compiler.Graph;
using QuantMcu.Compiler.Graph.Operators;
using Xunit;
using static QuantMcu.Compiler.Tests.Reference.Float.Evaluating;

namespace QuantMcu.Compiler.Tests.Reference.Float;

public class QuantizationReferenceTests
{
    [Fact]
    public void Quantize_rounds_halves_to_even_and_saturates()
    {
        var zeroPoint = Integers(ElementType.UInt8, 128).Reshape(Shape.Scalar);
        var scale = Tensor.Of(Shape.Scalar, [2f]);

        var y = Evaluate(new Quantize(1, 0, ElementType.UInt8), Vector(1, 3, -1, 1000, -1000, float.NaN), scale, zeroPoint);

        Assert.Equal([128L, 130, 128, 255, 0, 0], y.Integers);
    }

    [Fact]
    public void Quantize_without_a_zero_point_is_symmetric()
    {
        var y = Evaluate(new Quantize(0, 0, ElementType.Int8), Vector(-500, 500, -1.4f), Vector(1));

        Assert.Equal([-128L, 127, -1], y.Integers);
    }

    [Fact]
    public void Parameters_follow_their_axis()
    {
        var codes = Tensor.Of(new Shape(1, 2, 2), [1L, 2, 3, 4], ElementType.Int8);

        var y = Evaluate(new Dequantize(1, 0), codes, Vector(1, 10), Integers(ElementType.Int8, 0, 1));

        Assert.Equal([1f, 2, 20, 30], y.Floats);
    }

    [Fact]
    public void Parameters_follow_their_blocks()
    {
        var codes = Tensor.Of(new Shape(3, 2), [1L, 2, 3, 4, 5, 6], ElementType.Int8);
        var scale = Image(new Shape(2, 2), 1, 10, 100, 1000);

        // Rows 0 and 1 are block 0 of axis 0, row 2 is block 1.
        Assert.Equal([1f, 20, 3, 40, 500, 6000], Evaluate(new Dequantize(0, 2), codes, scale).Floats);
    }

    [Fact]
    public void Parameters_of_the_wrong_length_are_one_diagnostic()
    {
        var quantize = new Quantize(0, 0, ElementType.Int8);

        var error = Assert.Throws<ModelException>(() => Evaluate(quantize, Vector(1, 2, 3), Vector(1, 2)));

        Assert.Equal("QMCU2005", error.Diagnostic.Id);
    }

    [Fact]
    public void Dynamic_quantization_keeps_zero_exact()
    {
        var outputs = EvaluateAll(new DynamicQuantize(), Vector(1, 2, 5.1f));

        Assert.Equal(0.02f, outputs[1].Floats[0], 6);
        Assert.Equal([0L], outputs[2].Integers);
        Assert.Equal([50L, 100, 255], outputs[0].Integers);
    }

    [Fact]
    public void Dynamic_quantization_of_zeros_gives_zeros()
    {
        var outputs = EvaluateAll(new DynamicQuantize(), Vector(0, 0));

        Assert.Equal([0L, 0], outputs[0].Integers);
        Assert.Equal([1f], outputs[1].Floats);
    }
}
