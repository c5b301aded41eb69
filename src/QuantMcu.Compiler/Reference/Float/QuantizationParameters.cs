using QuantMcu.Compiler.Graph;

namespace QuantMcu.Compiler.Reference.Float;

/// <summary>
/// Scale and zero point of every element, for QuantizeLinear and DequantizeLinear: per tensor, per axis or per block.
/// </summary>
internal readonly struct QuantizationParameters
{
    private readonly Tensor scale;
    private readonly Tensor? zeroPoint;
    private readonly int size;
    private readonly int inner;
    private readonly int blockSize;

    public QuantizationParameters(Operands operands, int axis, int blockSize)
    {
        var shape = operands[0].Shape;
        scale = operands[1];
        zeroPoint = operands.Optional(2);
        this.blockSize = blockSize;
        bool perTensor = blockSize == 0 && scale.Shape.Elements == 1;
        if (!perTensor && axis >= shape.Rank)
            throw operands.Invalid("axis " + axis + " is outside shape " + shape);

        size = perTensor ? 0 : shape[axis];
        inner = perTensor ? 1 : shape.Strides()[axis];

        int blocks = blockSize == 0 ? size : (size + blockSize - 1) / blockSize;
        int expected = perTensor ? 1 : blockSize == 0 ? size : size == 0 ? 0 : shape.Elements / size * blocks;
        if (scale.Shape.Elements != expected || (zeroPoint is not null && zeroPoint.Shape.Elements != expected))
            throw operands.Invalid("the scale or zero point does not have " + expected + " elements");
    }

    public double Scale(int element) => scale.At(Index(element));

    public double ZeroPoint(int element) => zeroPoint?.At(Index(element)) ?? 0;

    private int Index(int element)
    {
        if (size == 0)
            return 0;

        int coordinate = element / inner % size;
        if (blockSize == 0)
            return coordinate;

        int blocks = (size + blockSize - 1) / blockSize;
        int outer = element / (inner * size);
        return (((outer * blocks) + (coordinate / blockSize)) * inner) + (element % inner);
    }
}
