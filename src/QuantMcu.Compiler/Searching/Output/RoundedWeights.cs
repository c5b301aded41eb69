using System;
using System.Linq;
using System.Threading;
using QuantMcu.Compiler.Calibration.Execution;
using QuantMcu.Compiler.Graph;
using QuantMcu.Compiler.Quantization.Weights;

namespace QuantMcu.Compiler.Searching.Output;

/// <summary>A convolution of the float network with weights rounded to a few bits, and with its bias corrected for the mean of the rounding error.</summary>
internal static class RoundedWeights
{
    /// <summary>Null where the node runs without a kernel of its own.</summary>
    public static SuffixChange? Change(
        SearchSubject subject, ExecutionPlan plan, Node node, int bits, CancellationToken cancellation)
    {
        float[] weights = node.Inputs[1]!.Constant!.ToFloats();
        int outputs = node.Output.Shape[3];
        var codes = (bits < 8 ? subject.Request.Weights?.Of(node, weights, bits, subject.Request.Settings.BiasCorrection, cancellation) : null)
            ?? QuantizedWeights.Of(weights, weights.Length / outputs, subject.Request.Settings, bits: bits);
        bool hasBias = node.Inputs.Length > 2 && node.Inputs[2] is not null;
        double[] bias = hasBias ? node.Inputs[2]!.Constant!.ToDoubles() : new double[outputs];
        if (subject.Request.Statistics.Find(node.Inputs[0]!) is { } input)
        {
            double[] means = input.ChannelMean.ToArray();
            BiasCorrection.Correct(bias, weights, codes, node, means, means);
        }

        var rounded = new float[weights.Length];
        for (int i = 0; i < rounded.Length; i++)
            rounded[i] = (float)(codes.Scales[i / codes.PerChannel] * codes.Codes[i]);

        var constants = new Tensor?[node.Inputs.Length];
        constants[1] = Tensor.Of(node.Inputs[1]!.Shape, rounded);
        if (!hasBias)
            return SuffixChange.Replacing(plan, node, constants);

        constants[2] = Tensor.Of(node.Inputs[2]!.Shape, Array.ConvertAll(bias, value => (float)value));
        return SuffixChange.Replacing(plan, node, constants);
    }
}
