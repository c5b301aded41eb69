using QuantMcu.Compiler.Graph;
using QuantMcu.Compiler.Graph.Operators;

namespace QuantMcu.Compiler.Reference.Float;

internal static class MaxPoolReference
{
    public static Tensor Evaluate(MaxPool pool, Operands operands)
    {
        var input = new ImageView(operands[0].Shape, pool.Layout);
        var output = new ImageView(operands.Output.Shape, pool.Layout);
        var x = operands[0].ToDoubles();
        var y = new double[operands.Output.Shape.Elements];
        double lowest = operands.Output.Element.IsFloat() ? double.NegativeInfinity : IntegerMath.Least(operands.Output.Element);
        for (int image = 0; image < output.Count; image++)
        {
            for (int channel = 0; channel < output.Channels; channel++)
            {
                operands.Cancellation.ThrowIfCancellationRequested();
                for (int row = 0; row < output.Height; row++)
                {
                    for (int column = 0; column < output.Width; column++)
                    {
                        int index = output.Index(image, channel, row, column);
                        y[index] = Maximum(pool, input, x, image, channel, row, column, lowest);
                    }
                }
            }
        }

        return TensorData.FromDoubles(operands.Output, y);
    }

    private static double Maximum(
        MaxPool pool, ImageView input, double[] x, int image, int channel, int row, int column, double lowest)
    {
        SlidingAxis rows = SlidingAxis.Rows(pool.Window), columns = SlidingAxis.Columns(pool.Window);
        double maximum = lowest;
        for (int i = 0; i < rows.Kernel; i++)
        {
            for (int j = 0; j < columns.Kernel; j++)
            {
                int inputRow = rows.Input(row, i), inputColumn = columns.Input(column, j);
                if (inputRow < 0 || inputRow >= input.Height || inputColumn < 0 || inputColumn >= input.Width)
                    continue;

                double value = x[input.Index(image, channel, inputRow, inputColumn)];
                if (value > maximum || double.IsNaN(value))
                    maximum = value;
            }
        }

        return maximum;
    }
}
