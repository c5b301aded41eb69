using System.Collections.Immutable;
using QuantMcu.Compiler.Calibration;
using QuantMcu.Compiler.Diagnostics;
using QuantMcu.Compiler.Request;
using Xunit;

namespace QuantMcu.Compiler.Tests.Calibration;

public sealed class InputPreprocessingTests
{
    [Fact]
    public void Create_moves_the_mean_of_int8_samples_into_codes()
    {
        var options = new CompileOptions { Mean = ImmutableArray.Create(83.0), Std = ImmutableArray.Create(2.0) };

        var preprocessing = InputPreprocessing.Create(options, SampleType.Int8, channels: 2)!;

        Assert.Equal(new[] { 211.0, 211.0 }, preprocessing.Mean);
        Assert.Equal(new[] { 2.0, 2.0 }, preprocessing.Std);
    }

    [Fact]
    public void Create_takes_the_sample_itself_as_the_real_number_by_default()
    {
        Assert.Equal(new[] { 0.0 }, InputPreprocessing.Create(CompileOptions.Default, SampleType.UInt8, 1)!.Mean);
        Assert.Equal(new[] { 128.0 }, InputPreprocessing.Create(CompileOptions.Default, SampleType.Int8, 1)!.Mean);
        Assert.Equal(new[] { 1.0 }, InputPreprocessing.Create(CompileOptions.Default, SampleType.Int8, 1)!.Std);
        Assert.Null(InputPreprocessing.Create(CompileOptions.Default, SampleType.Float32, 1));
    }

    [Theory]
    [InlineData(new[] { 1.0, 2.0 }, new double[0], SampleType.UInt8, "QMCU1014")]
    [InlineData(new double[0], new[] { 1.0, 2.0, 3.0, 4.0 }, SampleType.UInt8, "QMCU1014")]
    [InlineData(new double[0], new[] { 1.0, 0.0, 1.0 }, SampleType.UInt8, "QMCU1014")]
    [InlineData(new[] { double.NaN }, new double[0], SampleType.UInt8, "QMCU1014")]
    [InlineData(new double[0], new[] { double.PositiveInfinity }, SampleType.Int8, "QMCU1014")]
    [InlineData(new[] { 1.0 }, new double[0], SampleType.Float32, "QMCU1015")]
    public void Create_refuses_what_does_not_fit_three_channels(double[] mean, double[] std, SampleType type, string id)
    {
        var options = new CompileOptions { Mean = mean.ToImmutableArray(), Std = std.ToImmutableArray() };

        Assert.Equal(id, Assert.Throws<ModelException>(() => InputPreprocessing.Create(options, type, 3)).Diagnostic.Id);
    }

    [Fact]
    public void Equals_compares_values()
    {
        var options = new CompileOptions { Mean = ImmutableArray.Create(1.0, 2.0) };

        var a = InputPreprocessing.Create(options, SampleType.UInt8, 2)!;
        Assert.Equal(a, InputPreprocessing.Create(options, SampleType.UInt8, 2));
        Assert.NotEqual(a, InputPreprocessing.Create(options, SampleType.Int8, 2));
        Assert.NotEqual(a, InputPreprocessing.Create(CompileOptions.Default, SampleType.UInt8, 2));
    }
}
