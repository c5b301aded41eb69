using System;
using System.Collections.Concurrent;
using System.Collections.Generic;
using System.Linq;
using System.Threading;
using QuantMcu.Compiler.Calibration;
using QuantMcu.Compiler.Diagnostics;
using QuantMcu.Compiler.Graph;
using QuantMcu.Compiler.Graph.Import;
using QuantMcu.Compiler.Reference.Float;

namespace QuantMcu.Conformance.Tests;

/// <summary>Imports a case and executes it on the float interpreter and on the float executor.</summary>
internal static class ConformanceRun
{
    private static readonly ConcurrentDictionary<string, CaseOutcome> Outcomes = new(StringComparer.Ordinal);

    /// <summary>The outcome of a case; every case runs once per process.</summary>
    public static CaseOutcome Of(string name) => Outcomes.GetOrAdd(name, key => Execute(new ConformanceCase(key)));

    private static CaseOutcome Execute(ConformanceCase test)
    {
        try
        {
            // Inputs of models that are refused may be of types that are not read.
            OnnxImporter.Import(test.ReadModel(), ImportOptions.Default, CancellationToken.None);
        }
        catch (ModelException refusal) when (refusal.Diagnostic.Id != OnnxRules.NotConstant.Id)
        {
            return new CaseOutcome.Refused(refusal.Diagnostic);
        }
        catch (ModelException)
        {
            // Answered per data set, by pinning what must be constant.
        }

        foreach (string dataSet in test.DataSets())
        {
            var outcome = Execute(test, dataSet);
            if (outcome is not CaseOutcome.Passed)
                return outcome;
        }

        return new CaseOutcome.Passed();
    }

    private static CaseOutcome Execute(ConformanceCase test, string dataSet)
    {
        var inputs = test.ReadInputs(dataSet);
        var expected = test.ReadOutputs(dataSet);
        try
        {
            var graph = Import(test.ReadModel(), inputs, pins: []);
            var fed = graph.Inputs.Select(value => inputs[value.Name]).ToArray();
            string? difference =
                TensorComparison.Difference("interpreter", expected, FloatInterpreter.Run(graph, fed, CancellationToken.None))
                ?? TensorComparison.Difference("executor", expected, new FloatExecutor(graph).Run(fed));
            return difference is null ? new CaseOutcome.Passed() : new CaseOutcome.Failed(difference);
        }
        catch (ModelException refusal)
        {
            return new CaseOutcome.Refused(refusal.Diagnostic);
        }
    }

    /// <summary>
    /// The tests feed operands that the compiler wants constant (shapes, axes, scales) as graph inputs: whichever input the
    /// importer names as not constant is pinned to its value.
    /// </summary>
    /// <param name="model">The ONNX file.</param>
    /// <param name="inputs">All graph inputs by name.</param>
    /// <param name="pins">Inputs that are constant from the start.</param>
    public static NetworkGraph Import(byte[] model, Dictionary<string, Tensor> inputs, IEnumerable<string> pins)
    {
        var pinned = pins.ToDictionary(name => name, name => inputs[name]);
        while (true)
        {
            try
            {
                return OnnxImporter.Import(model, new ImportOptions { PinnedInputs = pinned }, CancellationToken.None);
            }
            catch (ModelException refusal) when (refusal.Diagnostic.Id == OnnxRules.NotConstant.Id)
            {
                var open = inputs.Where(input => !pinned.ContainsKey(input.Key)).ToArray();
                var named = open.Where(input => refusal.Diagnostic.Arguments.Contains(input.Key)).ToArray();

                // An operand that is computed from inputs is named by itself: shape arithmetic is on integers.
                var operands = named.Length > 0 ? named : open.Where(input => !input.Value.Element.IsFloat()).ToArray();
                if (operands.Length == 0)
                    throw;

                foreach (var operand in operands)
                    pinned.Add(operand.Key, operand.Value);
            }
        }
    }
}
