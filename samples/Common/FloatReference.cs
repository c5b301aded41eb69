using System.IO;
using System.Linq;
using System.Threading;
using QuantMcu.Compiler.Calibration;
using QuantMcu.Compiler.Graph.Import;
using QuantMcu.Compiler.Request;
using QuantMcu.Compiler.Simplify;

namespace Samples.Common;

/// <summary>
/// What the float model says about the same samples, to compare with. It is the one reason why the samples refer to the compiler
/// as a library: a program that merely runs its network refers to the generator alone.
/// </summary>
internal static class FloatReference
{
    /// <summary>The class of every sample by the float model.</summary>
    /// <param name="modelPath">The .onnx file.</param>
    /// <param name="samples">Raw samples.</param>
    /// <param name="options">Mean and Std, as the attribute has them.</param>
    public static int[] Classify(string modelPath, SampleSet samples, CompileOptions options)
    {
        var source = OnnxImporter.Import(File.ReadAllBytes(modelPath), ImportOptions.Default, CancellationToken.None);
        bool isImage = ImageLayout.Of(source).IsImage(source.Inputs[0]);
        int channels = InputPreprocessing.ChannelsOf(source.Inputs[0].Shape, isImage);
        var preprocessing = InputPreprocessing.Create(options, samples.Type, channels);
        var inputs = new SampleFeeder(samples, source, isImage, preprocessing).NormalForm;

        var executor = new FloatExecutor(Simplifier.Run(source, preprocessing, CancellationToken.None));
        return Enumerable.Range(0, samples.Count).Select(i => Scores.Largest<float>(executor.Run(inputs[i])[0].Floats)).ToArray();
    }
}
