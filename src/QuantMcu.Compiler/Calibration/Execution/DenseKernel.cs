using System;
using System.Linq;
using System.Threading;
using QuantMcu.Compiler.Graph;
using QuantMcu.Compiler.Graph.Operators;

namespace QuantMcu.Compiler.Calibration.Execution;

/// <summary>Gemm and MatMul by a constant matrix: [rows, depth] * [depth, columns], leading axes being rows too.</summary>
internal sealed unsafe class DenseKernel : FloatKernel
{
    private const int RowsAtOnce = 8 * PackedMatrix.RowBlock;

    private readonly PackedMatrix matrix;
    private readonly int rows;

    private DenseKernel(float[] weights, float[] bias, int rows, int depth, int columns)
    {
        matrix = PackedMatrix.Pack(weights, bias, columns, depth);
        this.rows = rows;
    }

    /// <summary>Null where B is not constant or too large, A is transposed, or C not constant or different between rows.</summary>
    public static DenseKernel? TryCreate(Gemm gemm, KernelRequest request)
    {
        int rows = request.Output[0], columns = request.Output[1];
        if (gemm.TransposeA || request.Constants[1] is not { } b || BiasOf(gemm, request, columns) is not { } bias)
            return null;

        int depth = request.Input(0)[1];
        if (!PackedMatrix.IsReasonable(1, columns, depth))
            return null;

        var weights = gemm.TransposeB ? b.Floats.ToArray() : Transpose(b.Floats, depth, columns);
        for (int i = 0; i < weights.Length; i++)
            weights[i] *= gemm.Alpha;

        return new DenseKernel(weights, bias, rows, depth, columns);
    }

    /// <summary>Null where the second factor is not a constant matrix or the first is a vector.</summary>
    public static DenseKernel? TryCreate(MatMul _, KernelRequest request)
    {
        Shape a = request.Input(0), b = request.Input(1);
        if (a.Rank < 2 || b.Rank != 2 || request.Constants[1] is not { } matrix || !PackedMatrix.IsReasonable(1, b[1], b[0]))
            return null;

        var weights = Transpose(matrix.Floats, b[0], b[1]);
        return new DenseKernel(weights, new float[b[1]], a.Elements / b[0], b[0], b[1]);
    }

    public override void Run(float[][] inputs, float[] output, float[] scratch, CancellationToken cancellation)
    {
        fixed (float* a = inputs[0], c = output)
        {
            for (int row = 0; row < rows; row += RowsAtOnce)
            {
                cancellation.ThrowIfCancellationRequested();
                float* source = a + ((long)row * matrix.Depth), target = c + ((long)row * matrix.Columns);
                matrix.Multiply(source, matrix.Depth, Math.Min(RowsAtOnce, rows - row), target, matrix.Columns, Clamp.None);
            }
        }
    }

    private static float[]? BiasOf(Gemm gemm, KernelRequest request, int columns)
    {
        var bias = new float[columns];
        if (!request.HasInput(2))
            return bias;
        if (request.Constants[2] is not { } c || (c.Shape.Elements != 1 && c.Shape.Elements != c.Shape[c.Shape.Rank - 1]))
            return null;

        for (int column = 0; column < columns; column++)
            bias[column] = gemm.Beta * c.Floats[c.Shape.Elements == 1 ? 0 : column];

        return bias;
    }

    private static float[] Transpose(float[] matrix, int rows, int columns)
    {
        var result = new float[matrix.Length];
        for (int row = 0; row < rows; row++)
        {
            for (int column = 0; column < columns; column++)
                result[(column * rows) + row] = matrix[(row * columns) + column];
        }

        return result;
    }
}
