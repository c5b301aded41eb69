using System;
using System.Threading;
using System.Threading.Tasks;
using QuantMcu.Compiler;
using QuantMcu.Compiler.Calibration;
using QuantMcu.Compiler.Graph;
using QuantMcu.Compiler.Reference.Integer;

namespace QuantMcu.Cli.Evaluation;

/// <summary>Classes that a model gives to samples, as float and as integers, computed on all processors.</summary>
internal static class Evaluator
{
    public static (int[] Float, int[] Quantized) Classify(
        CompiledModel model, SampleFeeder samples, IProgress<CompileProgress> progress, CancellationToken cancellation)
    {
        var floatClasses = new int[samples.Count];
        var quantizedClasses = new int[samples.Count];
        var executor = new FloatExecutor(model.Simplified);
        int done = 0;
        Parallel.For(
            0,
            samples.Count,
            new ParallelOptions { CancellationToken = cancellation },
            executor.Fork,
            (i, _, own) =>
            {
                var inputs = samples.NormalForm[i];
                var logits = own.Run(inputs, observer: null, cancellation)[0];
                floatClasses[i] = Top1.Class<double>(logits.ToDoubles());
                var codes = IntegerInterpreter.Run(model.Network, [Codes(model, inputs[0])], cancellation)[0];
                quantizedClasses[i] = Top1.Class<byte>(codes);
                progress.Report(new CompileProgress("Evaluating", Interlocked.Increment(ref done), samples.Count));
                return own;
            },
            _ => { });
        return (floatClasses, quantizedClasses);
    }

    // The normal form takes raw samples as they are, and then an element is a code already; or else real numbers.
    private static byte[] Codes(CompiledModel model, Tensor input)
    {
        var quantizer = model.Network.Tensor(model.Network.Inputs[0].Tensor).Quantizer;
        bool raw = model.Preprocessing is not null;
        return Array.ConvertAll(input.Floats, value => (byte)(raw ? (int)value : quantizer.Code(value)));
    }
}
