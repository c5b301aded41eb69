using System;
using System.Collections.Concurrent;
using System.Collections.Generic;
using System.Linq;
using System.Threading;
using QuantMcu.Compiler.Calibration;
using QuantMcu.Compiler.Diagnostics;
using QuantMcu.Compiler.Graph;
using QuantMcu.Compiler.Quantization;
using QuantMcu.Compiler.Reference.Integer;
using QuantMcu.Compiler.Simplify;

namespace QuantMcu.Conformance.Tests;

/// <summary>Where the integer path led: a refusal, or the largest error relative to the largest element of the output.</summary>
internal sealed record IntegerOutcome(Diagnostic? Refusal, double Error)
{
    /// <summary>
    /// 8-bit codes are up to 1/510 of the range off, and an operator with two inputs adds their errors; much more is a
    /// wrong result.
    /// </summary>
    private const double Tolerance = 0.02;

    public bool IsClose => Refusal is null && Error <= Tolerance;

    /// <summary>Id of the diagnostic, or OFF where the result is wrong or 8 bits are too coarse for it.</summary>
    public string Id => Refusal?.Id ?? "OFF";

    public string Reason => Refusal is null
        ? "the result is off by more than 2 % of its largest element"
        : Refusal.Arguments.Length > 3 ? Refusal.Arguments[3] : Refusal.Rule.Title;
}

/// <summary>
/// Takes a case down the integer path: normal form, calibration on the case's own inputs, 8-bit quantization, integer
/// interpreter. Inputs after the first become constants where the case is refused without (weights, as a rule).
/// </summary>
internal static class IntegerRun
{
    private static readonly ConcurrentDictionary<string, IntegerOutcome> Outcomes = new(StringComparer.Ordinal);

    /// <summary>The outcome of a case that passes in float; every case runs once per process.</summary>
    public static IntegerOutcome Of(string name) => Outcomes.GetOrAdd(name, key => Execute(new ConformanceCase(key)));

    private static IntegerOutcome Execute(ConformanceCase test)
    {
        try
        {
            return new IntegerOutcome(null, Error(test, open: int.MaxValue));
        }
        catch (ModelException)
        {
            return Pinned(test);
        }
    }

    private static IntegerOutcome Pinned(ConformanceCase test)
    {
        try
        {
            return new IntegerOutcome(null, Error(test, open: 1));
        }
        catch (ModelException refusal)
        {
            return new IntegerOutcome(refusal.Diagnostic, double.NaN);
        }
    }

    /// <param name="test">The case.</param>
    /// <param name="open">How many of the inputs are not constants.</param>
    private static double Error(ConformanceCase test, int open)
    {
        double worst = 0;
        foreach (string dataSet in test.DataSets())
        {
            var inputs = test.ReadInputs(dataSet);
            var source = ConformanceRun.Import(test.ReadModel(), inputs, inputs.Keys.Skip(open));
            var fed = source.Inputs.Select(value => inputs[value.Name]).ToArray();
            worst = Math.Max(worst, Error(source, fed, test.ReadOutputs(dataSet)));
        }

        return worst;
    }

    private static double Error(NetworkGraph source, Tensor[] inputs, IReadOnlyList<Tensor> expected)
    {
        var layout = ImageLayout.Of(source);
        var normalForm = Simplifier.Run(source, null, CancellationToken.None);
        var fed = inputs
            .Select((tensor, i) => layout.IsImage(source.Inputs[i]) ? ImageLayout.ChannelsLast(tensor) : tensor)
            .Select((tensor, i) => OfType(normalForm.Inputs[i].Type.Element, tensor))
            .ToArray();
        var samples = new OneSample(fed);
        var statistics = Calibrator.Collect(normalForm, samples, null, CancellationToken.None);
        var network = NetworkQuantizer.Quantize(
            source, normalForm, null, statistics, samples, new List<Diagnostic>(), CancellationToken.None);

        var codes = fed.Select((tensor, i) => Codes(network, network.Inputs[i], tensor)).ToArray();
        var results = IntegerInterpreter.Run(network, codes);
        double worst = 0;
        for (int i = 0; i < expected.Count; i++)
        {
            var wanted = layout.IsImage(source.Outputs[i]) ? ImageLayout.ChannelsLast(expected[i]) : expected[i];
            worst = Math.Max(worst, Error(wanted.ToDoubles(), Values(network, network.Outputs[i], results[i], IsCode(wanted))));
        }

        return worst;
    }

    private static double Error(double[] expected, double[] actual)
    {
        double largest = expected.Select(Math.Abs).DefaultIfEmpty().Max();
        double error = expected.Zip(actual, (x, y) => Math.Abs(x - y)).DefaultIfEmpty().Max();
        return error / Math.Max(largest, 1e-6);
    }

    /// <summary>The normal form takes float32 where the model took another floating type.</summary>
    private static Tensor OfType(ElementType element, Tensor tensor) =>
        tensor.Element == element ? tensor : Tensor.Of(tensor.Shape, tensor.ToFloats());

    /// <summary>8-bit integers are codes; anything else is a number to quantize.</summary>
    private static byte[] Codes(QuantizedNetwork network, NetworkPort port, Tensor tensor) => IsCode(tensor)
        ? tensor.Integers.Select(value => (byte)(port.Signed ? value + 128 : value)).ToArray()
        : tensor.ToDoubles().Select(value => (byte)network.Tensor(port.Tensor).Quantizer.Code(value)).ToArray();

    private static bool IsCode(Tensor tensor) => tensor.Element is ElementType.UInt8 or ElementType.Int8;

    private static double[] Values(QuantizedNetwork network, NetworkPort port, byte[] codes, bool isCode) => isCode
        ? codes.Select(code => (double)(port.Signed ? code - 128 : code)).ToArray()
        : codes.Select(code => network.Tensor(port.Tensor).Quantizer.Real(code)).ToArray();

    private sealed class OneSample(Tensor[] inputs) : IInputSamples
    {
        public int Count => 1;

        public IReadOnlyList<Tensor> this[int sample] => inputs;
    }
}
