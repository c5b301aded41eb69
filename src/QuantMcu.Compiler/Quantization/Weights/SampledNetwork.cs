using System;
using System.Collections.Generic;
using System.Linq;
using System.Threading;
using System.Threading.Tasks;
using QuantMcu.Compiler.Calibration;
using QuantMcu.Compiler.Graph;
using QuantMcu.Compiler.Patching;
using QuantMcu.Compiler.Quantization.Layers;
using QuantMcu.Compiler.Reference.Integer;

namespace QuantMcu.Compiler.Quantization.Weights;

/// <summary>
/// The float network and the integer network, as far as it is built, on the same calibration samples: how far their channels' means have drifted
/// apart is what bias correction takes back.
/// </summary>
internal sealed class SampledNetwork
{
    /// <summary>Samples for means; and for the reconstruction of weights, which has more to learn, at least.</summary>
    private const int MostSamples = 32, LeastOfWindows = 8;

    /// <summary>Codes kept over all samples: every tensor of every sample is, since later layers may read any.</summary>
    private const long MostCodes = 1L << 27;

    private readonly IReadOnlyList<QuantizedTensor> tensors;
    private readonly IReadOnlyList<QuantizedLayer> layers;
    private readonly IntegerTensors[] samples;
    private readonly IReadOnlyList<Tensor>[] inputs;
    private readonly Dictionary<Value, ChannelMoments> floats = [];
    private readonly Func<Value, IReadOnlyList<Region>?>? regions;
    private readonly FloatWindows? windows;
    private readonly CancellationToken cancellation;
    private int executed;

    /// <param name="graph">The float network.</param>
    /// <param name="calibration">Samples; the first 32 are used, with <paramref name="windows"/> those of it, fewer of large networks.</param>
    /// <param name="windows">What convolutions read in the float network, on the same samples; null: weights are not reconstructed.</param>
    /// <param name="regions">See <see cref="QuantizationRequest.Regions"/>.</param>
    /// <param name="tensors">Tensors of the integer network; the list grows.</param>
    /// <param name="layers">Its layers; the list grows.</param>
    /// <param name="cancellation">Looked at for every layer and sample.</param>
    public SampledNetwork(
        NetworkGraph graph,
        IInputSamples calibration,
        FloatWindows? windows,
        Func<Value, IReadOnlyList<Region>?>? regions,
        IReadOnlyList<QuantizedTensor> tensors,
        IReadOnlyList<QuantizedLayer> layers,
        CancellationToken cancellation)
    {
        this.windows = windows;
        this.regions = regions;
        this.tensors = tensors;
        this.layers = layers;
        this.cancellation = cancellation;
        long perSample = Math.Max(1, graph.Nodes.Sum(node => node.Outputs.Sum(output => (long)output.Shape.Elements)));
        int count = (int)Math.Min(windows?.Samples.Count ?? Math.Min(MostSamples, calibration.Count), Math.Max(1, MostCodes / perSample));
        samples = Enumerable.Range(0, count).Select(_ => new IntegerTensors(tensors)).ToArray();
        inputs = Enumerable.Range(0, count).Select(i => calibration[windows?.Samples[i] ?? i]).ToArray();
        ExecuteFloats(graph);
    }

    /// <summary>Gives the samples to a graph input, once its tensor is declared.</summary>
    public void SetInput(int input, int tensor)
    {
        for (int i = 0; i < samples.Length; i++)
        {
            samples[i].Grow();
            samples[i].SetInput(tensor, Codes(inputs[i][input], tensors[tensor].Quantizer));
        }
    }

    /// <summary>Real numbers (or raw codes, whose scale is 1) rounded to codes; codes of a model that takes int8 or uint8 as they are.</summary>
    private static byte[] Codes(Tensor values, Quantizer quantizer) => values.Element.IsFloat()
        ? Array.ConvertAll(values.ToFloats(), value => (byte)quantizer.Code(value))
        : Array.ConvertAll(values.Integers, code => (byte)(code + (values.Element == ElementType.Int8 ? 128 : 0)));

    /// <summary>Mean of each channel of a float tensor; null where the float network does not compute it from its inputs.</summary>
    public double[]? FloatMeans(Value value) =>
        floats.TryGetValue(value, out var moments) ? Array.ConvertAll(moments.Sum, sum => sum / moments.Rows) : null;

    /// <summary>Mean of each channel of an integer tensor, in real numbers, after executing the layers added so far.</summary>
    /// <param name="value">What it is in the float network.</param>
    /// <param name="tensor">Its index.</param>
    public double[] IntegerMeans(Value value, int tensor)
    {
        Execute();
        var quantized = tensors[tensor];
        int channels = quantized.Shape.Rank == 0 ? 1 : quantized.Shape[quantized.Shape.Rank - 1];
        var sums = new long[channels];
        long rows = 0;
        foreach (var sample in samples)
        {
            byte[] codes = sample.Codes(tensor);
            foreach (var (start, length) in Runs(value))
            {
                for (int i = start; i < start + length; i++)
                    sums[i % channels] += codes[i];
                rows += length / channels;
            }
        }

        return Array.ConvertAll(sums, sum => quantized.Quantizer.Scale * (((double)sum / rows) - quantized.Quantizer.ZeroPoint));
    }

    /// <summary>
    /// Weights of a convolution that make up for what its input has lost, and the moments of that input; null where too little of it was seen.
    /// </summary>
    /// <param name="conv">The convolution.</param>
    /// <param name="weights">Its float weights.</param>
    /// <param name="tensor">Its input in the integer network.</param>
    public (float[] Weights, InputCovariance Covariance)? Reconstruct(Node conv, float[] weights, int tensor)
    {
        if (windows?.Of(conv) is not { } reader || samples.Length < LeastOfWindows)
            return null;

        Execute();
        var quantizer = tensors[tensor].Quantizer;
        float[] reals = Enumerable.Range(0, quantizer.MaxCode + 1).Select(code => (float)quantizer.Real(code)).ToArray();
        var integers = new float[samples.Length][];
        Parallel.For(0, samples.Length, new ParallelOptions { CancellationToken = cancellation }, i =>
            integers[i] = windows.Gather(conv, i, Array.ConvertAll(samples[i].Codes(tensor), code => reals[code])));
        return WeightReconstruction.Solve(
            reader, weights, Enumerable.Range(0, samples.Length).Select(i => windows.Of(conv, i)).ToArray(), integers, cancellation);
    }

    private void Execute()
    {
        Parallel.For(0, samples.Length, new ParallelOptions { CancellationToken = cancellation }, ExecuteLayers);
        executed = layers.Count;
    }

    /// <summary>The elements of a value whose means count, as runs of whole pixels.</summary>
    private IEnumerable<(int Start, int Length)> Runs(Value value)
    {
        if (regions?.Invoke(value) is not { } parts)
        {
            yield return (0, value.Shape.Elements);
            yield break;
        }

        int channels = value.Shape[3];
        foreach (var part in parts)
        {
            for (int row = part.Rows.Begin; row < part.Rows.End; row++)
                yield return (((row * value.Shape[2]) + part.Columns.Begin) * channels, part.Columns.Length * channels);
        }
    }

    private void ExecuteLayers(int sample)
    {
        samples[sample].Grow();
        for (int i = executed; i < layers.Count; i++)
        {
            cancellation.ThrowIfCancellationRequested();
            IntegerInterpreter.Execute(layers[i], samples[sample], cancellation);
        }
    }

    private void ExecuteFloats(NetworkGraph graph)
    {
        var executor = new FloatExecutor(graph);
        foreach (var sample in inputs)
            executor.Run(sample, Observe, cancellation);

        void Observe(Value value, ReadOnlySpan<float> values)
        {
            if (values.IsEmpty)
                return;

            if (!floats.TryGetValue(value, out var moments))
                floats[value] = moments = new ChannelMoments(value.Shape.Rank == 0 ? 1 : value.Shape[value.Shape.Rank - 1]);
            foreach (var (start, length) in Runs(value))
                moments.Add(values.Slice(start, length));
        }
    }
}
