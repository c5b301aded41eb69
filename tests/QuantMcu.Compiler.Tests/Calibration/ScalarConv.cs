using QuantMcu.Compiler.Graph;
using QuantMcu.Compiler.Graph.Operators;

namespace QuantMcu.Compiler.Tests.Calibration;

/// <summary>Channels-last convolution, number by number, in the order that the executor promises: bias, taps, channels.</summary>
internal static class ScalarConv
{
    public static float[] Run(Node node, Tensor x)
    {
        var conv = (Conv)node.Operator;
        var output = node.Output.Shape;
        var y = new float[output.Elements];
        int next = 0;
        for (int image = 0; image < output[0]; image++)
        {
            for (int row = 0; row < output[1]; row++)
            {
                for (int column = 0; column < output[2]; column++)
                {
                    for (int channel = 0; channel < output[3]; channel++)
                        y[next++] = Clamp.Apply(conv.Clamp, Sum(conv, node, x, image, row, column, channel));
                }
            }
        }

        return y;
    }

    private static float Sum(Conv conv, Node node, Tensor x, int image, int row, int column, int output)
    {
        var w = node.Inputs[1]!.Constant!;
        int perGroup = w.Shape[3], firstChannel = output / (w.Shape[0] / conv.Groups) * perGroup;
        float sum = node.Inputs[2]?.Constant!.Floats[output] ?? 0f;
        int weight = output * conv.Window.Taps * perGroup;
        for (int tapRow = 0; tapRow < w.Shape[1]; tapRow++)
        {
            for (int tapColumn = 0; tapColumn < w.Shape[2]; tapColumn++)
            {
                int inputRow = Coordinate(conv.Window, 0, row, tapRow);
                int inputColumn = Coordinate(conv.Window, 1, column, tapColumn);
                for (int channel = 0; channel < perGroup; channel++)
                {
                    float product = Pixel(conv, x, image, inputRow, inputColumn, firstChannel + channel) * w.Floats[weight++];
                    sum += product;
                }
            }
        }

        return sum;
    }

    private static int Coordinate(Window window, int axis, int output, int tap) =>
        (output * window.Strides[axis]) + (tap * window.Dilations[axis]) - window.PadsBegin[axis];

    private static float Pixel(Conv conv, Tensor x, int image, int row, int column, int channel)
    {
        if (row < 0 || row >= x.Shape[1] || column < 0 || column >= x.Shape[2])
            return conv.PadValues.IsEmpty ? 0f : conv.PadValues[channel];

        return x.Floats[(((((image * x.Shape[1]) + row) * x.Shape[2]) + column) * x.Shape[3]) + channel];
    }
}
