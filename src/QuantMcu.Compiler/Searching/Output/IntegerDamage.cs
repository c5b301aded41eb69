using System;
using System.Collections.Generic;
using System.Linq;
using System.Threading;
using QuantMcu.Compiler.Calibration;
using QuantMcu.Compiler.Graph;
using QuantMcu.Compiler.Quantization;
using QuantMcu.Compiler.Quantization.Weights;
using QuantMcu.Compiler.Reference.Integer;

namespace QuantMcu.Compiler.Searching.Output;

/// <summary>
/// The damage of a finished integer network: the divergence of its outputs from the float network's, the mean over calibration samples. Where there are enough of
/// those, only over such as no weights were fitted to.
/// </summary>
internal sealed class IntegerDamage
{
    /// <summary>Multiply-accumulates that one measurement may take, on the interpreter.</summary>
    private const long MostMacs = 6_000_000_000;

    private const int LeastSamples = 8;
    private const int MostSamples = 64;

    private readonly SearchSubject subject;
    private readonly int[] samples;
    private readonly double[][] others;
    private readonly double[][][] reference;
    private readonly int threads;
    private readonly CancellationToken cancellation;
    private readonly OutputDivergence divergence;

    public IntegerDamage(SearchSubject subject, int threads, CancellationToken cancellation)
    {
        this.subject = subject;
        this.cancellation = cancellation;
        var all = subject.Request.Samples!;
        long macs = Math.Max(1, subject.Eight.Layers.Sum(layer => layer.Macs(subject.Eight)));
        int count = (int)Math.Min(all.Count, Math.Max(LeastSamples, Math.Min(MostSamples, MostMacs / macs)));
        samples = Spread(Enumerable.Range(0, all.Count).Where(i => !subject.HoldsOut || FloatWindows.IsHeldOut(i)).ToArray(), count);
        this.threads = Math.Max(1, Math.Min(threads, samples.Length));
        divergence = new OutputDivergence(subject.Request.NormalForm);
        var executor = new FloatExecutor(subject.Request.NormalForm);
        reference = Array.ConvertAll(samples, Floats);
        int[] rest = Enumerable.Range(0, all.Count).Except(samples).ToArray();
        others = Array.ConvertAll(Spread(rest, count - samples.Length), sample => Floats(sample)[0]);

        double[][] Floats(int sample) => Array.ConvertAll(executor.Run(all[sample], null, cancellation), output => output.ToDoubles());
    }

    /// <summary>Samples on which the integer network is executed.</summary>
    public int Samples => samples.Length;

    /// <summary>Evenly spaced ones, files are often sorted by class.</summary>
    private static int[] Spread(int[] from, int count) => count >= from.Length
        ? from
        : Enumerable.Range(0, count).Select(i => from[(int)(((2L * i) + 1) * from.Length / (2L * count))]).ToArray();

    /// <summary>Runs the samples.</summary>
    public MeasuredDamage Of(QuantizedNetwork network)
    {
        double sum = 0;
        var loss = divergence.NewLoss();
        foreach (double[] floats in others)
            loss?.Add(floats);

        OrderedParallel.Run(
            samples.Length,
            Enumerable.Range(0, threads).ToArray(),
            (_, i) => Outputs(network, subject.Request.Samples![samples[i]]),
            (i, outputs) =>
            {
                sum += divergence.Of(reference[i], outputs);
                loss?.Add(reference[i][0], outputs[0]);
            });
        double mean = sum / samples.Length;
        return new MeasuredDamage(mean, loss?.Value ?? mean);
    }

    private double[][] Outputs(QuantizedNetwork network, IReadOnlyList<Tensor> sample)
    {
        var codes = network.Inputs.Select((port, i) => Codes(sample[i], network.Tensor(port.Tensor).Quantizer)).ToArray();
        byte[][] outputs = IntegerInterpreter.Run(network, codes, cancellation);
        return network.Outputs.Select((port, i) =>
        {
            var quantizer = network.Tensor(port.Tensor).Quantizer;
            return Array.ConvertAll(outputs[i], code => quantizer.Real(code));
        }).ToArray();
    }

    private static byte[] Codes(Tensor values, Quantizer quantizer) => values.Element.IsFloat()
        ? Array.ConvertAll(values.ToFloats(), value => (byte)quantizer.Code(value))
        : Array.ConvertAll(values.Integers, code => (byte)(code + (values.Element == ElementType.Int8 ? 128 : 0)));
}

/// <param name="Divergence">Of the outputs from the float network's: what single choices add to.</param>
/// <param name="Loss">Of a classifier the expected loss of top-1 accuracy, 0 .. 1; of other networks the divergence, a relative squared error.</param>
internal readonly record struct MeasuredDamage(double Divergence, double Loss);
