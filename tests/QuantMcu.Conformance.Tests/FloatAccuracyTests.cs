using System;
using System.Linq;
using System.Threading;
using QuantMcu.Compiler.Calibration;
using QuantMcu.Compiler.Graph.Import;
using QuantMcu.Compiler.Simplify;
using QuantMcu.Testing;
using Xunit;

namespace QuantMcu.Conformance.Tests;

/// <summary>
/// The networks classify all of their evaluation samples as well as ONNX Runtime measured them to: imported, brought to
/// normal form with the preprocessing folded in, run by the float executor.
/// </summary>
public class FloatAccuracyTests
{
    public static TheoryData<string> Models => [.. EvaluationModel.All.Select(model => model.Name)];

    [ModelsTheory]
    [MemberData(nameof(Models))]
    public void Float_top1_is_that_of_the_table(string name)
    {
        var model = EvaluationModel.Named(name);
        var source = OnnxImporter.Import(model.ReadModel(), ImportOptions.Default, CancellationToken.None);
        var samples = model.ReadSamples();
        var preprocessing = InputPreprocessing.Create(model.Options, samples.Type, source.Inputs[0].Shape[1]);
        var inputs = new SampleFeeder(samples, source, isImage: true, preprocessing).NormalForm;
        var executor = new FloatExecutor(Simplifier.Run(source, preprocessing, CancellationToken.None));
        var labels = model.ReadLabels();
        int correct = Enumerable.Range(0, labels.Length).Count(i => Class(executor.Run(inputs[i])[0].Floats) == labels[i]);

        Assert.Equal(model.FloatTop1, Math.Round(100.0 * correct / labels.Length, model.Decimals, MidpointRounding.AwayFromZero));
    }

    private static int Class(float[] logits) => Array.IndexOf(logits, logits.Max());
}
