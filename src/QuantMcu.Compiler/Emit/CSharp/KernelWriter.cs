using System;
using System.Collections.Generic;
using System.Linq;
using QuantMcu.Compiler.Lowering.CSharp;

namespace QuantMcu.Compiler.Emit.CSharp;

/// <summary>What the printer of one kernel writes to: the text, and the shared helpers that the text calls.</summary>
internal sealed class KernelWriter(IndentedWriter writer)
{
    private readonly SortedDictionary<string, Helper> helpers = new(StringComparer.Ordinal);
    private readonly DataTable data = new();

    /// <summary>Every helper that was asked for, and what those need, once, in ordinal order.</summary>
    public IEnumerable<Helper> Helpers => helpers.Values;

    /// <summary>All read-only data that kernels asked for.</summary>
    public IEnumerable<(string Name, byte[] Bytes)> Data => data.Entries;

    public void Line() => writer.Line();

    public void Text(FormattableString lines) => writer.Text(lines);

    public void Raw(string lines) => writer.Raw(lines);

    public IDisposable Block(FormattableString header) => writer.Block(header);

    public IDisposable Braces() => writer.Braces();

    /// <summary>Asks for a helper; returns its name, to be written into a call.</summary>
    public string Use(Helper helper)
    {
        if (!helpers.ContainsKey(helper.Name))
        {
            helpers.Add(helper.Name, helper);
            foreach (var needed in helper.Needs)
                Use(needed);
        }

        return helper.Name;
    }

    /// <summary>
    /// Opens the method of a step: <c>private static void Layer12(byte* x, byte* y)</c>, and <c>in Region region</c> where it computes one
    /// region after another.
    /// </summary>
    public IDisposable Method(int index, Step step, params string[] pointers)
    {
        Text($"// {index}: {step.Title}");
        Raw("[MethodImpl(MethodImplOptions.AggressiveOptimization)]");
        var parameters = pointers.Select(name => "byte* " + name);
        if (step.Region is not null)
            parameters = parameters.Append("in " + Use(Kernels.RegionPrinter.Region) + " region");

        return Block($"private static void Layer{index}({string.Join(", ", parameters)})");
    }

    /// <summary>Declares <c>data</c>, the step's read-only data, and <c>weights</c> where it has those.</summary>
    public void DeclareData(int index, Step step)
    {
        if (step.Weights.Length > 0)
            Text($"byte* weights = {AddressOf("Weights", index, step.Weights)};");

        if (step.Data.Length > 0)
            Text($"byte* data = {AddressOf("Data", index, step.Data)};");
    }

    /// <summary>An expression for the address of read-only data; equal data is stored once.</summary>
    public string AddressOf(string prefix, int index, byte[] bytes) =>
        bytes.Length == 0 ? "null" : Use(Kernels.DataHelpers.Address) + "(" + data.Name(prefix, index, bytes) + ")";

    /// <summary>
    /// Repeats what follows for every image of a batch, moving <c>x</c> and <c>y</c> along; nothing for a single image.
    /// </summary>
    public IDisposable? Batch(ImageShape image, ImageShape result)
    {
        if (image.Batch == 1)
            return null;

        int x = image.Height * image.Pitch, y = result.Height * result.Pitch;
        return Block($"for (int n = 0; n < {image.Batch}; n++, x += {x}, y += {y})");
    }
}

/// <summary>A method or type of the emitted file that kernels share.</summary>
/// <param name="Name">What callers write; also the order of emission.</param>
/// <param name="Text">Its source.</param>
/// <param name="Needs">Helpers that it calls.</param>
internal sealed record Helper(string Name, string Text, params Helper[] Needs);
