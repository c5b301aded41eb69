using System;
using System.Collections.Generic;
using System.Globalization;
using System.IO;
using System.Linq;
using System.Text;
using System.Threading;
using QuantMcu.Compiler.Calibration;
using QuantMcu.Compiler.Diagnostics;
using QuantMcu.Compiler.Graph;
using QuantMcu.Compiler.Graph.Import;
using QuantMcu.Compiler.Onnx.Proto;
using QuantMcu.Compiler.Quantization;
using QuantMcu.Compiler.Reports;
using QuantMcu.Compiler.Simplify;
using QuantMcu.Testing;

namespace QuantMcu.Conformance.Tests;

/// <summary>docs/operators.md, written from the importer's table, the run of ONNX's tests and the real models.</summary>
internal static class OperatorsPage
{
    public const string UpdateCommand =
        "QUANTMCU_UPDATE_DOCS=1 dotnet test tests/QuantMcu.Conformance.Tests -c Release"
        + " --filter FullyQualifiedName~OperatorsPageTests";

    private const string NodeSuite = "node/";

    public static string Path { get; } = System.IO.Path.Combine(ModelsFolder.Repository, "docs", "operators.md");

    public static string Generate()
    {
        var page = new StringBuilder();
        page.Append($"""
            <!-- Generated from the conformance run; do not edit. Regenerate with:
                 {UpdateCommand} -->
            # Operators

            Models of opset 7 to 22 are read. The counts are ONNX 1.17's own operator tests: a case passes when both float
            engines, the reference and the SIMD executor, give the expected outputs (relative tolerance 1e-3, absolute 1e-7,
            integers exact). Every case that does not pass is listed with its reason in
            `tests/QuantMcu.Conformance.Tests/unsupported-cases.txt`.

            The column 8-bit counts the passed cases that also compile to 8-bit integers and then give results within 2 % of
            the largest element, in the integer interpreter, calibrated on the inputs of the case. Inputs of a case after the
            first become constants where the integer path needs that (weights, as a rule).


            """);
        var cases = ConformanceCase.Names.Select(name => new Counted(name)).ToArray();
        WriteOperators(page, cases);
        WriteReasons(page, cases);
        WriteIntegerReasons(page, cases);
        WriteWholeGraphs(page, cases);
        WriteModels(page);
        return page.ToString();
    }

    private static void WriteOperators(StringBuilder page, Counted[] cases)
    {
        page.Append("## Supported operators\n\n");
        WriteRow(page, "operator", "cases", "passed", "not supported", "8-bit");
        WriteRow(page, "---", "---:", "---:", "---:", "---:");
        foreach (string name in OperatorTable.Names.OrderBy(name => name, StringComparer.Ordinal))
        {
            var own = cases.Where(test => test.Operator == name).ToArray();
            int passed = own.Count(test => test.Passed);
            int close = own.Count(test => test.Integer is { IsClose: true });
            WriteRow(page, name, Count(own.Length), Count(passed), Count(own.Length - passed), Count(close));
        }

        page.Append("\nAn operator without cases of its own is covered by the unit tests.\n\n");
    }

    private static void WriteReasons(StringBuilder page, Counted[] cases)
    {
        page.Append("## Cases that do not pass, and why\n\n");
        page.Append("The id is the diagnostic that refuses the model. DIFFERS: the model runs, and its result is not the\n");
        page.Append("expected one.\n\n");
        WriteRow(page, "operator", "cases", "id", "reason");
        WriteRow(page, "---", "---:", "---", "---");
        var groups = cases
            .Where(test => test.Operator is not null && test.Listed is not null)
            .GroupBy(test => (Operator: test.Operator!, test.Listed!.Id, test.Listed.Reason))
            .OrderBy(group => group.Key.Operator, StringComparer.Ordinal)
            .ThenBy(group => group.Key.Id, StringComparer.Ordinal)
            .ThenBy(group => group.Key.Reason, StringComparer.Ordinal);
        foreach (var group in groups)
            WriteRow(page, group.Key.Operator, Count(group.Count()), group.Key.Id, group.Key.Reason);

        page.Append('\n');
    }

    private static void WriteIntegerReasons(StringBuilder page, Counted[] cases)
    {
        page.Append("## Cases that pass in float and not at 8 bits, and why\n\n");
        page.Append("OFF: the case compiles, and its result is further off than 2 %.\n\n");
        WriteRow(page, "operator", "cases", "id", "reason");
        WriteRow(page, "---", "---:", "---", "---");
        var groups = cases
            .Where(test => test.Operator is not null && test.Integer is { IsClose: false })
            .GroupBy(test => (Operator: test.Operator!, test.Integer!.Id, test.Integer.Reason))
            .OrderBy(group => group.Key.Operator, StringComparer.Ordinal)
            .ThenBy(group => group.Key.Id, StringComparer.Ordinal)
            .ThenBy(group => group.Key.Reason, StringComparer.Ordinal);
        foreach (var group in groups)
            WriteRow(page, group.Key.Operator, Count(group.Count()), group.Key.Id, group.Key.Reason);

        page.Append('\n');
    }

    private static void WriteWholeGraphs(StringBuilder page, Counted[] cases)
    {
        var graphs = cases.Where(test => test.Operator is null).ToArray();
        page.Append("## Whole graphs\n\n");
        int passed = graphs.Count(test => test.Passed);
        page.Append("ONNX's `pytorch-operator` and `simple` suites: " + passed + " of " + graphs.Length + " pass.\n\n");
        WriteRow(page, "cases that do not pass", "id", "reason");
        WriteRow(page, "---:", "---", "---");
        var groups = graphs
            .Where(test => test.Listed is not null)
            .GroupBy(test => (test.Listed!.Id, test.Listed.Reason))
            .OrderBy(group => group.Key.Id, StringComparer.Ordinal)
            .ThenBy(group => group.Key.Reason, StringComparer.Ordinal);
        foreach (var group in groups)
            WriteRow(page, Count(group.Count()), group.Key.Id, group.Key.Reason);

        page.Append('\n');
    }

    private static void WriteModels(StringBuilder page)
    {
        page.Append("## Models\n\n");
        page.Append("The networks that the project is tested on, where the folder of models lies beside the repository.\n");
        page.Append("Quantizes: to 8 bits, here calibrated on one synthetic sample.\n\n");
        WriteRow(page, "model", "opset", "input", "nodes", "parameters", "MMACs", "imports", "quantizes");
        WriteRow(page, "---", "---:", "---", "---:", "---:", "---:", "---", "---");
        string folder = System.IO.Path.Combine(ModelsFolder.Root, "models");
        foreach (string file in Directory.GetFiles(folder, "*.onnx").OrderBy(file => file, StringComparer.Ordinal))
            WriteModel(page, System.IO.Path.GetFileNameWithoutExtension(file), File.ReadAllBytes(file));
    }

    private static void WriteModel(StringBuilder page, string name, byte[] model)
    {
        var opsets = ModelProto.Parser.ParseFrom(model).OpsetImport;
        string opset = opsets.First(import => import.Domain.Length == 0).Version.ToString(CultureInfo.InvariantCulture);
        NetworkGraph graph;
        try
        {
            graph = OnnxImporter.Import(model, ImportOptions.Default, CancellationToken.None);
        }
        catch (ModelException refusal)
        {
            WriteRow(page, name, opset, "", "", "", "", refusal.Diagnostic.Id, "");
            return;
        }

        var costs = LayerCost.Of(graph);
        string inputs = string.Join(", ", graph.Inputs.Select(value => value.Shape.ToString()));
        string parameters = costs.Sum(cost => cost.Parameters).ToString("N0", CultureInfo.InvariantCulture);
        string megaMacs = (costs.Sum(cost => cost.Macs) / 1e6).ToString("F2", CultureInfo.InvariantCulture);
        WriteRow(page, name, opset, inputs, Count(graph.Nodes.Length), parameters, megaMacs, "yes", Quantizes(graph));
    }

    private static string Quantizes(NetworkGraph source)
    {
        try
        {
            var normalForm = Simplifier.Run(source, null, CancellationToken.None);
            var samples = new SyntheticSamples(normalForm, codes: false, count: 1);
            var statistics = Calibrator.Collect(normalForm, samples, null, CancellationToken.None);
            NetworkQuantizer.Quantize(source, normalForm, null, statistics, null, new List<Diagnostic>(), CancellationToken.None);
            return "yes";
        }
        catch (ModelException refusal)
        {
            return refusal.Diagnostic.Id;
        }
    }

    private static string Count(int count) => count.ToString(CultureInfo.InvariantCulture);

    private static void WriteRow(StringBuilder page, params IEnumerable<string> cells) =>
        page.Append("| ").AppendJoin(" | ", cells).Append(" |\n");

    /// <summary>A case as the page counts it.</summary>
    private sealed class Counted
    {
        public Counted(string name)
        {
            var operators = new ConformanceCase(name).Operators();
            Operator = name.StartsWith(NodeSuite, StringComparison.Ordinal) ? string.Join(" + ", operators) : null;
            Listed = UnsupportedCases.All.GetValueOrDefault(name);
            Passed = ConformanceRun.Of(name) is CaseOutcome.Passed;
            Integer = Passed && Operator is not null ? IntegerRun.Of(name) : null;
        }

        /// <summary>The operator under test; null for whole graphs.</summary>
        public string? Operator { get; }

        public UnsupportedCase? Listed { get; }

        public bool Passed { get; }

        /// <summary>The integer path's outcome, of single operators that pass in float.</summary>
        public IntegerOutcome? Integer { get; }
    }
}
