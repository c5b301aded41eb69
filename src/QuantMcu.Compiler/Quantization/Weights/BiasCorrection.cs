using QuantMcu.Compiler.Calibration;
using QuantMcu.Compiler.Graph.Operators;

namespace QuantMcu.Compiler.Quantization.Weights;

/// <summary>
/// Takes the expected error of rounded weights out of the bias: a channel's output is off by sum of (W - Wq) * E[x] on average, because
/// activations after a Relu do not have mean zero (Nagel et al., "Data-Free Quantization", 2019, with means measured by calibration).
/// </summary>
internal static class BiasCorrection
{
    /// <param name="bias">One per output channel; corrected in place.</param>
    /// <param name="weights">Float weights [M, taps, C / Groups].</param>
    /// <param name="codes">The same, quantized.</param>
    /// <param name="conv">The convolution.</param>
    /// <param name="input">What calibration saw of the input: means per channel.</param>
    public static void Correct(double[] bias, float[] weights, QuantizedWeights codes, Conv conv, TensorStatistics input)
    {
        int perGroup = codes.PerChannel / conv.Window.Taps;
        int outputsPerGroup = bias.Length / conv.Groups;
        for (int m = 0; m < bias.Length; m++)
        {
            int firstChannel = m / outputsPerGroup * perGroup;
            double error = 0;
            for (int i = 0; i < codes.PerChannel; i++)
            {
                int index = (m * codes.PerChannel) + i;
                double difference = weights[index] - (codes.Scales[m] * codes.Codes[index]);
                error += difference * input.ChannelMean[firstChannel + (i % perGroup)];
            }

            bias[m] += error;
        }
    }
}
