using QuantMcu.Compiler.Graph;
using QuantMcu.Compiler.Graph.Operators;

namespace QuantMcu.Compiler.Reference.Float;

internal static class ConvReference
{
    public static Tensor Evaluate(Conv conv, Operands operands)
    {
        var output = new ImageView(operands.Output.Shape, conv.Layout);
        var kernels = new Kernels(conv, operands);
        var bias = operands.Optional(2);
        var y = new double[operands.Output.Shape.Elements];
        for (int image = 0; image < output.Count; image++)
        {
            for (int channel = 0; channel < output.Channels; channel++)
            {
                for (int row = 0; row < output.Height; row++)
                {
                    operands.Cancellation.ThrowIfCancellationRequested();
                    for (int column = 0; column < output.Width; column++)
                    {
                        double sum = kernels.Product(image, channel, row, column) + (bias?.At(channel) ?? 0);
                        y[output.Index(image, channel, row, column)] = ClipReference.Apply(conv.Clamp, sum);
                    }
                }
            }
        }

        return TensorData.FromDoubles(operands.Output, y);
    }

    private sealed class Kernels
    {
        private readonly Conv conv;
        private readonly double[] x;
        private readonly double[] w;
        private readonly ImageView input;
        private readonly ImageView weights;
        private readonly SlidingAxis rows;
        private readonly SlidingAxis columns;

        public Kernels(Conv conv, Operands operands)
        {
            this.conv = conv;
            x = operands[0].ToDoubles();
            w = operands[1].ToDoubles();
            input = new ImageView(operands[0].Shape, conv.Layout);
            weights = new ImageView(operands[1].Shape, conv.Layout);
            rows = SlidingAxis.Rows(conv.Window);
            columns = SlidingAxis.Columns(conv.Window);
        }

        /// <summary>
        /// One output element less its bias: the kernel of an output channel times the input channels of its group.
        /// </summary>
        public double Product(int image, int outputChannel, int row, int column)
        {
            int group = outputChannel / (weights.Count / conv.Groups);
            int firstChannel = group * weights.Channels;
            double sum = 0;
            for (int i = 0; i < rows.Kernel; i++)
            {
                for (int j = 0; j < columns.Kernel; j++)
                {
                    int inputRow = rows.Input(row, i), inputColumn = columns.Input(column, j);
                    bool inside = inputRow >= 0 && inputRow < input.Height && inputColumn >= 0 && inputColumn < input.Width;
                    for (int channel = 0; channel < weights.Channels; channel++)
                    {
                        double value = inside
                            ? x[input.Index(image, firstChannel + channel, inputRow, inputColumn)]
                            : Padding(firstChannel + channel);
                        sum += value * w[weights.Index(outputChannel, channel, i, j)];
                    }
                }
            }

            return sum;
        }

        private double Padding(int channel) => conv.PadValues.IsEmpty ? 0 : conv.PadValues[channel];
    }
}
