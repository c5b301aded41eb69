using QuantMcu.Compiler.Graph;
using QuantMcu.Compiler.Graph.Operators;

namespace QuantMcu.Compiler.Quantization.Weights;

/// <summary>
/// Takes the mean error of a convolution out of its bias. Rounded weights, and inputs whose mean has drifted in the layers before, shift an output
/// channel by sum of (W * E[x] - Wq * E[xq]) on average; rounding noise averages out over an image, a shift does not (Nagel et al., "Data-Free
/// Quantization", 2019; here both means are measured on calibration samples, layer after layer).
/// </summary>
internal static class BiasCorrection
{
    /// <param name="bias">One per output channel; corrected in place.</param>
    /// <param name="weights">Float weights [M, kernel height, kernel width, C / Groups].</param>
    /// <param name="codes">The same, quantized.</param>
    /// <param name="node">The convolution.</param>
    /// <param name="floatMeans">Mean of each channel of the float network's input.</param>
    /// <param name="integerMeans">The same of the integer network's, in real numbers.</param>
    public static void Correct(
        double[] bias, float[] weights, QuantizedWeights codes, Node node, double[] floatMeans, double[] integerMeans)
    {
        var conv = (Conv)node.Operator;
        double[] inside = InsideShare(conv.Window, node.Inputs[0]!.Shape, node.Output.Shape);
        int perGroup = codes.PerChannel / inside.Length;
        int outputsPerGroup = bias.Length / conv.Groups;
        for (int m = 0; m < bias.Length; m++)
        {
            double error = 0;
            for (int i = 0; i < codes.PerChannel; i++)
            {
                int index = (m * codes.PerChannel) + i;
                int channel = (m / outputsPerGroup * perGroup) + (i % perGroup);
                double share = inside[i / perGroup];
                double padding = conv.PadValues.Length == 0 ? 0 : (1 - share) * conv.PadValues[channel];
                error += weights[index] * ((share * floatMeans[channel]) + padding);
                error -= codes.Scales[m] * codes.Codes[index] * ((share * integerMeans[channel]) + padding);
            }

            bias[m] += error;
        }
    }

    /// <summary>For every tap of the kernel the share of windows in which it lies inside the image.</summary>
    private static double[] InsideShare(Window window, Shape input, Shape output)
    {
        var shares = new double[window.Taps];
        for (int ky = 0; ky < window.Kernel[0]; ky++)
        {
            for (int kx = 0; kx < window.Kernel[1]; kx++)
                shares[(ky * window.Kernel[1]) + kx] = InsideShare(window, 0, ky, input[1], output[1]) * InsideShare(window, 1, kx, input[2], output[2]);
        }

        return shares;
    }

    private static double InsideShare(Window window, int axis, int tap, int size, int outputs)
    {
        int inside = 0;
        for (int i = 0; i < outputs; i++)
        {
            int index = (i * window.Strides[axis]) - window.PadsBegin[axis] + (tap * window.Dilations[axis]);
            inside += index >= 0 && index < size ? 1 : 0;
        }

        return (double)inside / outputs;
    }
}
