using System.Collections.Immutable;
using System.CommandLine;
using System.Linq;
using System.Threading;
using QuantMcu.Cli.Evaluation;
using QuantMcu.Cli.Output;
using QuantMcu.Compiler.Calibration;
using QuantMcu.Compiler.Diagnostics;
using QuantMcu.Compiler.Graph;
using QuantMcu.Compiler.Graph.Import;
using QuantMcu.Compiler.Reports;
using QuantMcu.Compiler.Simplify;

namespace QuantMcu.Cli.Commands;

/// <summary><c>quantmcu inspect MODEL</c>: the layers that the compiler sees, with their cost and range.</summary>
internal sealed class InspectCommand : ModelCommand
{
    private readonly CompileOptionSet options;

    public InspectCommand(Terminal terminal)
        : base("inspect", "Lists the layers of a model: operator, shape, MACs, parameters, range.", terminal)
    {
        options = new CompileOptionSet(this, "--mean", "--std", "--input-shape");
    }

    public override int Run(ParseResult parsed, CancellationToken cancellation)
    {
        var request = options.Read(parsed);
        var source = OnnxImporter.Import(
            InputFile.Read(ModelPath(parsed)), new ImportOptions { InputShape = request.InputShape }, cancellation);
        var samples = CalibrationBytes(parsed) is { } bytes ? SampleFile.Bind(NpyReader.Read(bytes), source, request) : null;
        var graph = Simplifier.Run(source, samples?.Preprocessing, cancellation);

        WriteHeader(source, graph);
        if (samples is null)
        {
            LayerTable.Write(Terminal, LayerCost.Of(graph), "weights", WeightRange);
            return ExitStatus.Success;
        }

        using var progress = new ProgressLine(Terminal);
        var statistics = Calibrator.Collect(graph, samples.Feeder.NormalForm, progress, cancellation);
        progress.Dispose();
        LayerTable.Write(Terminal, LayerCost.Of(graph), "activations", node => ActivationRange(node, statistics));
        return ExitStatus.Success;
    }

    private void WriteHeader(NetworkGraph source, NetworkGraph graph)
    {
        Terminal.Output.WriteLine(
            Printable.Text(source.Name) + ": " + Ports(source.Inputs) + " -> " + Ports(source.Outputs)
            + "; " + source.Nodes.Length + " nodes, " + graph.Nodes.Length + " after simplification");
    }

    private static string Ports(ImmutableArray<Value> values) =>
        string.Join(", ", values.Select(value => Printable.Text(value.Name) + " " + value.Type));

    private static (double Min, double Max)? WeightRange(Node node)
    {
        var weights = node.Inputs.Skip(1).FirstOrDefault()?.Constant;
        if (weights is null || !weights.Element.IsFloat() || weights.Shape.Elements == 0)
            return null;

        double[] values = weights.ToDoubles();
        return (values.Min(), values.Max());
    }

    private static (double Min, double Max)? ActivationRange(Node node, CalibrationStatistics statistics) =>
        statistics.Find(node.Output) is { } found ? (found.Min, found.Max) : null;
}
