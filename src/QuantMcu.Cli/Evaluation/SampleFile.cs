using QuantMcu.Compiler.Calibration;
using QuantMcu.Compiler.Diagnostics;
using QuantMcu.Compiler.Graph;
using QuantMcu.Compiler.Request;
using QuantMcu.Compiler.Simplify;

namespace QuantMcu.Cli.Evaluation;

/// <summary>Samples bound to the one model that takes them.</summary>
/// <param name="Preprocessing">What Mean and Std make of a raw sample; null for float32 samples.</param>
/// <param name="Feeder">The samples as inputs of that model.</param>
internal sealed record SampleFile(InputPreprocessing? Preprocessing, SampleFeeder Feeder)
{
    /// <exception cref="ModelException">The samples, or Mean and Std, do not fit the model.</exception>
    public static SampleFile Bind(SampleSet samples, NetworkGraph source, CompileOptions options)
    {
        if (source.Inputs.Length != 1)
            throw new ModelException(RequestRules.SamplesOfOneInput, source.Inputs.Length);

        var input = source.Inputs[0];
        bool isImage = ImageLayout.Of(source).IsImage(input);
        int channels = InputPreprocessing.ChannelsOf(input.Shape, isImage);
        var preprocessing = InputPreprocessing.Create(options, samples.Type, channels);
        return new SampleFile(preprocessing, new SampleFeeder(samples, source, isImage, preprocessing));
    }
}
