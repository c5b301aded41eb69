using System;
using System.Collections.Generic;
using System.Linq;

namespace QuantMcu.Compiler.Reports.Html;

/// <summary>RAM over time: a row is a step, a box is a buffer at its address, for as long as it lives. The step of the peak is marked.</summary>
internal static class MemorySection
{
    private const int RowHeight = 18;
    private const int HeadHeight = 18;
    private const int ChartLeft = 36;
    private const double SmallestLabelled = 0.16;
    private const double SmallestUpright = 0.03;
    private const int FewestRowsUpright = 6;

    public static void Write(HtmlWriter page, NetworkReport report)
    {
        var plan = report.Memory.Plan;
        page.Open("section").Element("h2", "RAM over time");
        page.Element("p", Text(report), ("class", "soft"));
        if (plan.TotalBytes > 0)
        {
            Chart(page, report.Memory);
            page.Open("details").Element("summary", "Buffers as a table");
            Buffers(page, report.Memory);
            page.Close();
        }

        page.Close();
    }

    private static string Text(NetworkReport report)
    {
        var plan = report.Memory.Plan;
        if (plan.TotalBytes == 0)
            return "The arena is empty: the caller's buffers do.";

        string branches = report.Patches is null ? ""
            : " Above the line: what one patch of branch " + BranchShown(report.Memory) + " does, again for every patch; below it the tail.";
        return "The arena has " + Figures.Bytes(plan.TotalBytes) + " from left to right; steps run from top to bottom. The marked step has the"
            + " most alive at once: " + Figures.Bytes(plan.LowerBound) + ", the dark boxes. Inputs and outputs are the caller's." + branches;
    }

    /// <summary>The branch in which the peak is; of a peak in the tail, the first.</summary>
    private static int BranchShown(MemoryFigures memory) =>
        memory.Plan.PeakStep < 0 ? 0 : memory.Steps[memory.Plan.PeakStep].Branch ?? 0;

    private static void Chart(HtmlWriter page, MemoryFigures memory)
    {
        int branch = BranchShown(memory);
        int[] steps = Enumerable.Range(0, memory.Steps.Length)
            .Where(step => memory.Steps[step].Branch is null || memory.Steps[step].Branch == branch).ToArray();
        int height = HeadHeight + (RowHeight * steps.Length);
        page.Open("figure").Open(
            "svg", ("xmlns", "http://www.w3.org/2000/svg"), ("height", Figures.Index(height)), ("role", "img"), ("aria-labelledby", "memory-title"));
        page.Element("title", "RAM over time; the table below has every figure.", ("id", "memory-title"));
        Steps(page, memory, steps);
        page.Open("svg", ("x", ChartLeft + "%"), ("width", (100 - ChartLeft) + "%"), ("height", Figures.Index(height)));
        page.Element("text", "0", ("class", "soft"), ("x", "0"), ("y", "12"));
        page.Element(
            "text", Figures.Bytes(memory.ArenaBytes), ("class", "soft"), ("x", "100%"), ("y", "12"), ("text-anchor", "end"));
        foreach (int buffer in InOrder(memory))
            Box(page, memory, buffer, steps);

        page.Close().Close().Close();
    }

    private static void Steps(HtmlWriter page, MemoryFigures memory, int[] steps)
    {
        for (int row = 0; row < steps.Length; row++)
        {
            var step = memory.Steps[steps[row]];
            string top = Figures.Index(HeadHeight + (row * RowHeight));
            if (steps[row] == memory.Plan.PeakStep)
                page.Empty("rect", ("class", "peakrow"), ("y", top), ("width", "100%"), ("height", Figures.Index(RowHeight)));

            bool tailBegins = row > 0 && step.Branch is null && memory.Steps[steps[row - 1]].Branch is not null;
            page.Empty("line", ("class", tailBegins ? "grid tail" : "grid"), ("x1", "0"), ("x2", "100%"), ("y1", top), ("y2", top));
            page.Open("svg", ("y", top), ("width", (ChartLeft - 1) + "%"), ("height", Figures.Index(RowHeight)));
            page.Element("title", step.Title).Element("text", steps[row] + " " + step.Title, ("x", "2"), ("y", "13")).Close();
        }
    }

    private static void Box(HtmlWriter page, MemoryFigures memory, int index, int[] steps)
    {
        var buffer = memory.Plan.Buffers[index];
        int first = Array.FindIndex(steps, step => step >= buffer.FirstStep), last = Array.FindLastIndex(steps, step => step <= buffer.LastStep);
        if (first < 0 || last < first)
            return;

        string peak = memory.Plan.PeakSet.Contains(index) ? " peak" : "";
        page.Open(
            "svg", ("x", Figures.PlacePercent(memory.Plan.Offsets[index], memory.ArenaBytes)),
            ("y", Figures.Index(HeadHeight + (first * RowHeight) + 1)),
            ("width", Figures.PlacePercent(buffer.Bytes, memory.ArenaBytes)),
            ("height", Figures.Index(((last - first + 1) * RowHeight) - 1)));
        page.Element("title", buffer.Name + ": " + Figures.Bytes(buffer.Bytes));
        page.Empty("rect", ("class", "buffer" + peak), ("width", "100%"), ("height", "100%"));
        Label(page, Figures.Count(buffer.Bytes) + " " + buffer.Name, (double)buffer.Bytes / memory.ArenaBytes, last - first + 1, peak);

        page.Close();
    }

    /// <summary>What does not fit is cut off at the box: bytes and name across a wide box, down a tall one.</summary>
    private static void Label(HtmlWriter page, string text, double share, int rows, string peak)
    {
        if (share >= SmallestLabelled)
            page.Element("text", text, ("class", "label" + peak), ("x", "3"), ("y", "12"));
        else if (share >= SmallestUpright && rows >= FewestRowsUpright)
            page.Element("text", text, ("class", "label upright" + peak), ("x", "50%"), ("y", "4"));
    }

    private static void Buffers(HtmlWriter page, MemoryFigures memory) => Table.Write(
        page, "Buffers of the arena", ["~buffer", "#bytes", "#address", "#from step", "#to step", "at the peak"], table =>
        {
            foreach (int index in InOrder(memory))
            {
                var buffer = memory.Plan.Buffers[index];
                table.Row(
                    memory.Plan.PeakSet.Contains(index), buffer.Name, Figures.Count(buffer.Bytes), Figures.Count(memory.Plan.Offsets[index]),
                    Figures.Index(buffer.FirstStep), Figures.Index(buffer.LastStep), memory.Plan.PeakSet.Contains(index) ? "yes" : "");
            }
        });

    private static IEnumerable<int> InOrder(MemoryFigures memory) => Enumerable.Range(0, memory.Plan.Buffers.Length)
        .Where(index => memory.Plan.Buffers[index].Bytes > 0)
        .OrderBy(index => memory.Plan.Buffers[index].FirstStep).ThenBy(index => memory.Plan.Offsets[index]);
}
