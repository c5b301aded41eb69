using QuantMcu.Compiler.Graph;
using QuantMcu.Compiler.Graph.Operators;

namespace QuantMcu.Compiler.Reference.Float;

internal static class AveragePoolReference
{
    public static Tensor Evaluate(AveragePool pool, Operands operands)
    {
        var input = new ImageView(operands[0].Shape, pool.Layout);
        var output = new ImageView(operands.Output.Shape, pool.Layout);
        var x = operands[0].ToDoubles();
        var y = new double[operands.Output.Shape.Elements];
        for (int image = 0; image < output.Count; image++)
        {
            for (int channel = 0; channel < output.Channels; channel++)
            {
                operands.Cancellation.ThrowIfCancellationRequested();
                for (int row = 0; row < output.Height; row++)
                {
                    for (int column = 0; column < output.Width; column++)
                        y[output.Index(image, channel, row, column)] = Average(pool, input, x, image, channel, row, column);
                }
            }
        }

        return TensorData.FromDoubles(operands.Output, y);
    }

    private static double Average(AveragePool pool, ImageView input, double[] x, int image, int channel, int row, int column)
    {
        SlidingAxis rows = SlidingAxis.Rows(pool.Window), columns = SlidingAxis.Columns(pool.Window);
        double sum = 0;
        int count = 0;
        for (int i = 0; i < rows.Kernel; i++)
        {
            for (int j = 0; j < columns.Kernel; j++)
            {
                int inputRow = rows.Input(row, i), inputColumn = columns.Input(column, j);
                if (inputRow >= 0 && inputRow < input.Height && inputColumn >= 0 && inputColumn < input.Width)
                {
                    sum += x[input.Index(image, channel, inputRow, inputColumn)];
                    count++;
                }
                else if (pool.CountIncludePad && rows.IsPadded(inputRow, input.Height)
                    && columns.IsPadded(inputColumn, input.Width))
                {
                    count++;
                }
            }
        }

        return count == 0 ? 0 : sum / count;
    }
}
