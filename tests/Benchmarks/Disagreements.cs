using System;
using System.Collections.Concurrent;
using System.Globalization;
using System.Linq;
using System.Threading.Tasks;
using QuantMcu.Compiler;
using QuantMcu.Compiler.Calibration;
using QuantMcu.Compiler.Diagnostics;
using QuantMcu.Compiler.Reference.Integer;
using QuantMcu.Compiler.Simplify;
using QuantMcu.Testing;

namespace QuantMcu.Benchmarks;

/// <summary>Where the integers name another class than the float model: how sure was the float model there?</summary>
internal static class Disagreements
{
    /// <exception cref="ModelException">The model does not compile.</exception>
    public static void Print(EvaluationModel evaluation)
    {
        var model = evaluation.Compile();
        var samples = evaluation.ReadSamples();
        bool isImage = ImageLayout.Of(model.Source).IsImage(model.Source.Inputs[0]);
        var feeder = new SampleFeeder(samples, model.Source, isImage, model.Preprocessing);
        var executor = new FloatExecutor(model.Simplified);
        var margins = new ConcurrentBag<(bool Agrees, bool Ties, double Margin)>();
        Parallel.For(0, samples.Count, executor.Fork, (i, _, own) =>
        {
            float[] logits = own.Run(feeder.NormalForm[i])[0].Floats;
            byte[] codes = IntegerInterpreter.Run(model.Network, [feeder.Codes(i)])[0];
            int first = Array.IndexOf(logits, logits.Max()), named = Array.IndexOf(codes, codes.Max());
            margins.Add((first == named, codes[first] == codes[named], logits.Order().TakeLast(2).Aggregate((second, best) => best - second)));
            return own;
        }, _ => { });
        Print(evaluation.Name, model, margins.ToArray());
    }

    private static void Print(string name, CompiledModel model, (bool Agrees, bool Ties, double Margin)[] margins)
    {
        double step = model.Network.Tensor(model.Network.Outputs[0].Tensor).Quantizer.Scale;
        var differ = margins.Where(margin => !margin.Agrees).ToArray();
        Console.WriteLine(string.Create(
            CultureInfo.InvariantCulture,
            $"{name}: {differ.Length} of {margins.Length} differ, {differ.Count(margin => margin.Ties)} of them equal output codes;\n"
            + $"    step of the output {step:F3};\n"
            + $"    float margin of the best class: median {Median(differ):F3} where they differ,"
            + $" {Median(margins):F3} in all, below two steps in {margins.Count(margin => margin.Margin < 2 * step)}"));
    }

    private static double Median((bool Agrees, bool Ties, double Margin)[] margins) =>
        margins.Length == 0 ? 0 : margins.Select(margin => margin.Margin).Order().ElementAt(margins.Length / 2);
}
