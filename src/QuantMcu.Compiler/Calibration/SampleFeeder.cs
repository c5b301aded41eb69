using System;
using System.Collections.Generic;
using System.Linq;
using QuantMcu.Compiler.Diagnostics;
using QuantMcu.Compiler.Graph;
using QuantMcu.Compiler.Simplify;

namespace QuantMcu.Compiler.Calibration;

/// <summary>
/// Samples of a file as what three networks take: the source model real numbers, channels first; its normal form raw codes (or
/// real numbers, of float32 samples), channels last; the quantized network the codes as bytes.
/// uint8 images lie in the file channels last, everything else as the model's input does; axes of 1 may be missing.
/// </summary>
public sealed class SampleFeeder
{
    private readonly SampleSet samples;
    private readonly InputPreprocessing? preprocessing;
    private readonly Shape sourceShape;
    private readonly Shape normalShape;

    /// <summary>Channels, and elements from one channel to the next in the source's input.</summary>
    private readonly int channels;
    private readonly int channelStride;
    private readonly bool isImage;
    private readonly bool fileIsChannelsLast;

    /// <param name="samples">The file.</param>
    /// <param name="source">The model as imported; it has one input.</param>
    /// <param name="isImage">Whether that input is an image: <see cref="ImageLayout.IsImage"/>.</param>
    /// <param name="preprocessing">As <see cref="InputPreprocessing.Create"/> gives it for the samples' type.</param>
    /// <exception cref="ModelException">The samples do not fit the model's input.</exception>
    public SampleFeeder(SampleSet samples, NetworkGraph source, bool isImage, InputPreprocessing? preprocessing)
    {
        if (source.Inputs.Length != 1)
            throw new ModelException(RequestRules.SamplesOfOneInput, source.Inputs.Length);

        this.samples = samples;
        this.preprocessing = preprocessing;
        var input = source.Inputs[0];
        this.isImage = isImage;
        sourceShape = input.Shape;
        normalShape = isImage ? ImageLayout.ChannelsLast(sourceShape) : sourceShape;
        fileIsChannelsLast = isImage && samples.Type == SampleType.UInt8;
        channels = InputPreprocessing.ChannelsOf(sourceShape, isImage);
        channelStride = isImage ? sourceShape.Skip(2).Aggregate(1, (product, size) => product * size) : 1;
        CheckShape(input);
        if (preprocessing is not null && preprocessing.Channels != channels)
            throw new ArgumentException("The input has " + channels + " channels", nameof(preprocessing));

        Source = new View(this, sourceShape, channelsLast: false, RealOf);
        NormalForm = new View(this, normalShape, channelsLast: true, NormalOf);
    }

    public int Count => samples.Count;

    /// <summary>Real inputs of the source model: (raw - Mean) / Std, channels first.</summary>
    public IInputSamples Source { get; }

    /// <summary>Inputs of the normal form: codes 0 .. 255 as floats, or real numbers of float32 samples; channels last.</summary>
    public IInputSamples NormalForm { get; }

    /// <summary>The codes of a uint8 or int8 sample, channels last: what the quantized network and emitted code take.</summary>
    public byte[] Codes(int sample)
    {
        if (samples.Type == SampleType.Float32)
            throw new InvalidOperationException("Codes of real samples depend on the input's scale.");

        var codes = new byte[samples.SampleElements];
        for (int i = 0; i < codes.Length; i++)
            codes[i] = (byte)CodeAt((sample * codes.Length) + FileIndex(i, channelsLast: true));

        return codes;
    }

    private void CheckShape(Value input)
    {
        var sample = new Shape(samples.Shape.Skip(1));
        var expected = fileIsChannelsLast ? normalShape : sourceShape;
        if (WithoutOnes(sample).SequenceEqual(WithoutOnes(expected)))
            return;

        string type = samples.Type.ToString().ToLowerInvariant();
        throw new ModelException(RequestRules.SamplesDoNotFit, sample, type, input.Name, input.Shape, expected);
    }

    private static IEnumerable<int> WithoutOnes(Shape shape) => shape.Where(size => size != 1);

    private float RealOf(int fileIndex, int channel)
    {
        if (preprocessing is null)
            return NormalOf(fileIndex, channel);

        return (float)((CodeAt(fileIndex) - preprocessing.Mean[channel]) / preprocessing.Std[channel]);
    }

    private float NormalOf(int fileIndex, int channel) =>
        samples.Type == SampleType.Float32 ? samples.Floats[fileIndex] : CodeAt(fileIndex);

    private int CodeAt(int fileIndex)
    {
        byte raw = samples.Bytes[fileIndex];
        return samples.Type == SampleType.Int8 ? (sbyte)raw + InputPreprocessing.Int8Offset : raw;
    }

    /// <summary>Where an element of a sample, counted channels last or first, lies within the sample in the file.</summary>
    private int FileIndex(int element, bool channelsLast)
    {
        if (!isImage || channelsLast == fileIsChannelsLast)
            return element;

        // Within one image of the batch the two orders are [space, channels] and [channels, space].
        int imageElements = channels * channelStride;
        int image = element / imageElements * imageElements, place = element % imageElements;
        return channelsLast
            ? image + (place % channels * channelStride) + (place / channels)
            : image + (place % channelStride * channels) + (place / channelStride);
    }

    private int ChannelOf(int element, bool channelsLast) =>
        isImage && !channelsLast ? element / channelStride % channels : element % channels;

    private sealed class View : IInputSamples
    {
        private readonly SampleFeeder feeder;
        private readonly Shape shape;
        private readonly bool channelsLast;
        private readonly Func<int, int, float> valueOf;

        public View(SampleFeeder feeder, Shape shape, bool channelsLast, Func<int, int, float> valueOf)
        {
            this.feeder = feeder;
            this.shape = shape;
            this.channelsLast = channelsLast;
            this.valueOf = valueOf;
        }

        public int Count => feeder.Count;

        public IReadOnlyList<Tensor> this[int sample]
        {
            get
            {
                var values = new float[shape.Elements];
                int start = sample * values.Length;
                for (int i = 0; i < values.Length; i++)
                    values[i] = valueOf(start + feeder.FileIndex(i, channelsLast), feeder.ChannelOf(i, channelsLast));

                return new[] { Tensor.Of(shape, values) };
            }
        }
    }
}
