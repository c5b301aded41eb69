using System;
using System.Collections.Immutable;
using System.Linq;
using QuantMcu.Compiler.Calibration;
using QuantMcu.Compiler.Diagnostics;
using QuantMcu.Compiler.Graph;
using QuantMcu.Compiler.Request;
using Xunit;

namespace QuantMcu.Compiler.Tests.Calibration;

public sealed class SampleFeederTests
{
    /// <summary>Two samples of 2 x 3 pixels with 2 channels: 0 .. 23 in the order of the file.</summary>
    private static readonly byte[] Bytes = Enumerable.Range(0, 24).Select(i => (byte)i).ToArray();

    private static readonly CompileOptions MeanAndStd = new()
    {
        Mean = ImmutableArray.Create(1.0, 2.0),
        Std = ImmutableArray.Create(2.0, 4.0),
    };

    [Fact]
    public void Feeder_takes_uint8_images_channels_last()
    {
        var feeder = Feeder(SampleType.UInt8, new Shape(2, 2, 3, 2), new Shape(1, 2, 2, 3), isImage: true);

        var normal = feeder.NormalForm[1].Single();
        var source = feeder.Source[1].Single();

        Assert.Equal(new Shape(1, 2, 3, 2), normal.Shape);
        Assert.Equal(Enumerable.Range(12, 12).Select(i => (float)i), normal.Floats);
        Assert.Equal(new Shape(1, 2, 2, 3), source.Shape);
        Assert.Equal(new[] { 5.5f, 6.5f, 7.5f, 8.5f, 9.5f, 10.5f, 2.75f, 3.25f, 3.75f, 4.25f, 4.75f, 5.25f }, source.Floats);
        Assert.Equal(Bytes.Skip(12), feeder.Codes(1));
    }

    [Fact]
    public void Feeder_takes_int8_images_channels_first_and_adds_128()
    {
        var feeder = Feeder(SampleType.Int8, new Shape(2, 2, 2, 3), new Shape(1, 2, 2, 3), isImage: true);

        float[] codes = { 128f, 134f, 129f, 135f, 130f, 136f, 131f, 137f, 132f, 138f, 133f, 139f };
        Assert.Equal(codes, feeder.NormalForm[0][0].Floats);
        Assert.Equal(new[] { -0.5f, 0f, 0.5f, 1f, 1.5f, 2f, 1f, 1.25f, 1.5f, 1.75f, 2f, 2.25f }, feeder.Source[0][0].Floats);
        Assert.Equal(codes, feeder.Codes(0).Select(code => (float)code));
    }

    [Fact]
    public void Feeder_keeps_the_order_of_what_is_no_image()
    {
        var feeder = Feeder(SampleType.Int8, new Shape(2, 6, 2), new Shape(1, 6, 2), isImage: false);

        Assert.Equal(Enumerable.Range(128, 12).Select(i => (float)i), feeder.NormalForm[0][0].Floats);
        Assert.Equal(new[] { -0.5f, -0.25f, 0.5f, 0.25f }, feeder.Source[0][0].Floats.Take(4));
    }

    [Fact]
    public void Feeder_gives_float_samples_as_they_are()
    {
        float[] values = { 0f, 1f, 2f, 3f };
        var samples = new SampleSet(SampleType.Float32, new Shape(1, 2, 1, 2), Array.Empty<byte>(), values);
        var feeder = new SampleFeeder(samples, Source(new Shape(1, 2, 1, 2)), isImage: true, null);

        Assert.Equal(values, feeder.Source[0][0].Floats);
        Assert.Equal(new[] { 0f, 2f, 1f, 3f }, feeder.NormalForm[0][0].Floats);
        Assert.Throws<InvalidOperationException>(() => feeder.Codes(0));
    }

    [Theory]
    [InlineData(SampleType.UInt8, new[] { 4, 2, 3 }, new[] { 1, 1, 2, 3 })]
    [InlineData(SampleType.UInt8, new[] { 4, 2, 3, 1 }, new[] { 1, 1, 2, 3 })]
    [InlineData(SampleType.Int8, new[] { 4, 2, 3 }, new[] { 1, 1, 2, 3 })]
    [InlineData(SampleType.Int8, new[] { 4, 1, 2, 3 }, new[] { 1, 1, 2, 3 })]
    [InlineData(SampleType.Int8, new[] { 4, 1, 1, 2, 3 }, new[] { 1, 1, 2, 3 })]
    public void Feeder_lets_axes_of_1_be_missing(SampleType type, int[] samples, int[] input) =>
        Assert.Equal(4, new SampleFeeder(Samples(type, new Shape(samples)), Source(new Shape(input)), true, null).Count);

    [Theory]
    [InlineData(SampleType.UInt8, new[] { 1, 3, 4, 2 }, new[] { 1, 3, 4, 2 })]
    [InlineData(SampleType.Int8, new[] { 1, 4, 2, 3 }, new[] { 1, 3, 4, 2 })]
    [InlineData(SampleType.Int8, new[] { 1, 24 }, new[] { 1, 3, 4, 2 })]
    public void Feeder_refuses_samples_of_another_shape(SampleType type, int[] samples, int[] input)
    {
        var error = Assert.Throws<ModelException>(() =>
            new SampleFeeder(Samples(type, new Shape(samples)), Source(new Shape(input)), isImage: true, null));

        Assert.Equal("QMCU1013", error.Diagnostic.Id);
    }

    [Fact]
    public void Feeder_refuses_models_with_two_inputs()
    {
        var input = new Value("x", new TensorType(ElementType.Float32, new Shape(1, 2)));
        var graph = new NetworkGraph("two", [input, input], [], []);

        var error = Assert.Throws<ModelException>(() =>
            new SampleFeeder(Samples(SampleType.UInt8, new Shape(1, 2)), graph, isImage: false, null));
        Assert.Equal("QMCU1017", error.Diagnostic.Id);
    }

    private static SampleFeeder Feeder(SampleType type, Shape file, Shape input, bool isImage)
    {
        var preprocessing = InputPreprocessing.Create(MeanAndStd, type, InputPreprocessing.ChannelsOf(input, isImage));
        return new SampleFeeder(Samples(type, file), Source(input), isImage, preprocessing);
    }

    private static SampleSet Samples(SampleType type, Shape shape) =>
        new(type, shape, Bytes.Take(shape.Elements).ToArray(), Array.Empty<float>());

    private static NetworkGraph Source(Shape shape)
    {
        var input = new Value("x", new TensorType(ElementType.Float32, shape));
        return new NetworkGraph("source", [input], [input], []);
    }
}
