using System;
using System.Collections.Generic;
using System.Linq;
using System.Threading;
using QuantMcu.Compiler.Calibration;
using QuantMcu.Compiler.Diagnostics;
using QuantMcu.Compiler.Graph;
using QuantMcu.Compiler.Reference.Float;
using QuantMcu.Compiler.Simplify.Passes;

namespace QuantMcu.Compiler.Simplify;

/// <summary>
/// Brings a model to <see cref="NormalForm"/>: the same function, said in fewer operators, channels last, on raw codes.
/// </summary>
public static class Simplifier
{
    /// <summary>Runs all passes.</summary>
    /// <param name="source">A model as imported.</param>
    /// <param name="preprocessing">What makes real numbers of the first input's raw codes, or null: the input is real.</param>
    /// <param name="cancellation">Looked at for every node.</param>
    /// <exception cref="ModelException">The model has no normal form; the diagnostic names the node.</exception>
    public static NetworkGraph Run(NetworkGraph source, InputPreprocessing? preprocessing, CancellationToken cancellation)
    {
        RequireElements(source);
        var graph = source;
        foreach (var pass in Passes(source, preprocessing))
            graph = pass.Run(graph, cancellation);

        NormalForm.Verify(graph);
        return graph;
    }

    /// <summary>Passes divide by sizes, and no kernel computes nothing: tensors without elements are refused.</summary>
    private static void RequireElements(NetworkGraph source)
    {
        foreach (var node in source.Nodes)
        {
            var empty = node.Inputs.Concat(node.Outputs).FirstOrDefault(value => value is { Constant: null, Shape.Elements: 0 });
            if (empty is null)
                continue;

            string problem = "shape " + empty.Shape + " has no elements";
            throw new ModelException(
                SimplifyRules.NoNormalForm, node.Name, node.Operator.Name, empty.Name, problem, "Check the model's shapes.");
        }
    }

    /// <summary>The passes for a model, in order.</summary>
    public static IReadOnlyList<GraphPass> Passes(NetworkGraph source, InputPreprocessing? preprocessing)
    {
        var passes = new List<GraphPass>
        {
            // The model in few operators, still in its own layout.
            new FoldConstants(),
            new UseFloat32(),
            new RemoveNoOps(),
            new DecomposeArithmetic(),
            new LowerGather(),
            new MergeClips(),
            new FuseActivations(),
            new LowerDense(),
            new FoldBatchNormalization(),

            new ToChannelsLast(ImageLayout.Of(source)),

            // Fewer nodes, channels last.
            new RemoveNoOps(),
            new ConcatToPad(),
            new FoldPads(),
            new SimplifyPools(),
            new FoldChannelConstants(),
            new MergeConvs(),
        };

        if (preprocessing is not null)
            passes.Add(new FoldPreprocessing(preprocessing));

        passes.AddRange([new RemoveNoOps(), new HoistClips(), new MergeClips(), new FuseClamps(), new RemoveNoOps()]);
        return passes;
    }

    /// <summary>
    /// As <see cref="Run"/>, but executes the graph before and after every pass by the float reference and compares. Slow: for
    /// tests and for chasing a defect.
    /// </summary>
    /// <param name="source">A model as imported.</param>
    /// <param name="preprocessing">As in <see cref="Run"/>.</param>
    /// <param name="inputs">One tensor per input of the source, in real numbers.</param>
    /// <param name="tolerance">Largest difference allowed, relative to the largest element of the output.</param>
    /// <param name="cancellation">Looked at for every node.</param>
    /// <exception cref="InvalidOperationException">A pass changed the function; the message names the pass and the
    /// error.</exception>
    public static NetworkGraph RunVerified(
        NetworkGraph source,
        InputPreprocessing? preprocessing,
        IReadOnlyList<Tensor> inputs,
        double tolerance,
        CancellationToken cancellation)
    {
        var graph = source;
        var expected = FloatInterpreter.Run(source, inputs, cancellation);
        foreach (var pass in Passes(source, preprocessing))
        {
            inputs = inputs.Select((tensor, i) => pass.MapInput(graph, i, tensor)).ToArray();
            expected = expected.Select((tensor, i) => pass.MapOutput(graph, i, tensor)).ToArray();
            graph = pass.Run(graph, cancellation);
            var actual = FloatInterpreter.Run(graph, inputs, cancellation);
            for (int i = 0; i < actual.Length; i++)
                Compare(pass, graph.Outputs[i], expected[i], actual[i], tolerance);
        }

        NormalForm.Verify(graph);
        return graph;
    }

    private static void Compare(GraphPass pass, Value output, Tensor expected, Tensor actual, double tolerance)
    {
        if (!expected.Shape.Equals(actual.Shape))
            throw new InvalidOperationException(
                pass.Name + " changed the shape of '" + output.Name + "' from " + expected.Shape + " to " + actual.Shape + ".");

        var (a, b) = (expected.ToDoubles(), actual.ToDoubles());
        double largest = a.Length == 0 ? 0 : a.Max(Math.Abs);
        double error = a.Length == 0 ? 0 : a.Zip(b, (x, y) => Math.Abs(x - y)).Max();
        if (!(error <= tolerance * Math.Max(largest, 1e-6)))
            throw new InvalidOperationException(
                pass.Name + " changed '" + output.Name + "' by " + error + " of " + largest + ".");
    }
}
