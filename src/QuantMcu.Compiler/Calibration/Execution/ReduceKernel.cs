using System.Numerics;
using System.Runtime.CompilerServices;
using System.Threading;
using QuantMcu.Compiler.Graph;
using QuantMcu.Compiler.Graph.Operators;
using static QuantMcu.Compiler.Calibration.Execution.Lanes;

namespace QuantMcu.Compiler.Calibration.Execution;

/// <summary>
/// Reduction over neighbouring axes: [outer, reduced, inner] to [outer, inner], vectorised over inner. Sums of many rows are
/// made of sums of a few dozen, which keeps float's rounding error small.
/// </summary>
internal sealed unsafe class ReduceKernel : FloatKernel
{
    private const int RowsPerPartialSum = 32;

    private readonly ReduceKind kind;
    private readonly int outer;
    private readonly int reduced;
    private readonly int inner;

    private ReduceKernel(ReduceKind kind, int outer, int reduced, int inner)
    {
        this.kind = kind;
        this.outer = outer;
        this.reduced = reduced;
        this.inner = inner;
    }

    /// <summary>Null where the axes are not neighbours, or there is nothing to reduce.</summary>
    public static ReduceKernel? TryCreate(Reduce reduce, KernelRequest request)
    {
        var axes = reduce.Axes;
        var shape = request.Input(0);
        if (axes.Length == 0 || axes[axes.Length - 1] - axes[0] != axes.Length - 1)
            return null;

        int outer = Product(shape, 0, axes[0]), reduced = Product(shape, axes[0], axes[0] + axes.Length);
        int inner = Product(shape, axes[0] + axes.Length, shape.Rank);
        return reduced == 0 ? null : new ReduceKernel(reduce.Kind, outer, reduced, inner);
    }

    public override void Run(float[][] inputs, float[] output, float[] scratch, CancellationToken cancellation)
    {
        fixed (float* x = inputs[0], y = output)
        {
            for (int i = 0; i < outer; i++)
            {
                cancellation.ThrowIfCancellationRequested();
                float* source = x + ((long)i * reduced * inner), target = y + ((long)i * inner);
                if (kind == ReduceKind.Max)
                    Max(source, target, reduced, inner);
                else
                    Sum(source, target, reduced, inner, kind == ReduceKind.Mean ? reduced : 1);
            }
        }
    }

    [MethodImpl(Hot)]
    private static void Sum(float* source, float* target, int rows, int columns, float divisor)
    {
        int column = 0;
        for (; column <= columns - Width; column += Width)
        {
            var total = Vector<float>.Zero;
            for (int first = 0; first < rows; first += RowsPerPartialSum)
            {
                var sum = Vector<float>.Zero;
                for (int row = first; row < rows && row < first + RowsPerPartialSum; row++)
                    sum += Load(source + ((long)row * columns) + column);

                total += sum;
            }

            Store(target + column, total / new Vector<float>(divisor));
        }

        for (; column < columns; column++)
        {
            float total = 0f;
            for (int first = 0; first < rows; first += RowsPerPartialSum)
            {
                float sum = 0f;
                for (int row = first; row < rows && row < first + RowsPerPartialSum; row++)
                    sum += source[((long)row * columns) + column];

                total += sum;
            }

            target[column] = total / divisor;
        }
    }

    [MethodImpl(Hot)]
    private static void Max(float* source, float* target, int rows, int columns)
    {
        int column = 0;
        for (; column <= columns - Width; column += Width)
        {
            var largest = Load(source + column);
            for (int row = 1; row < rows; row++)
            {
                var value = Load(source + ((long)row * columns) + column);
                largest = Vector.ConditionalSelect(Vector.GreaterThan(value, largest), value, largest);
            }

            Store(target + column, largest);
        }

        for (; column < columns; column++)
        {
            float largest = source[column];
            for (int row = 1; row < rows; row++)
            {
                float value = source[((long)row * columns) + column];
                largest = value > largest ? value : largest;
            }

            target[column] = largest;
        }
    }

    private static int Product(Shape shape, int from, int to)
    {
        int product = 1;
        for (int axis = from; axis < to; axis++)
            product *= shape[axis];

        return product;
    }
}
