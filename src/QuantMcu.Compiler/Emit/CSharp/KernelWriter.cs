using System;
using System.Collections.Generic;
using System.Linq;
using QuantMcu.Compiler.Lowering.CSharp;

namespace QuantMcu.Compiler.Emit.CSharp;

/// <summary>What the printer of one kernel writes to: the text, and the shared helpers that the text calls.</summary>
internal sealed class KernelWriter(IndentedWriter writer)
{
    private readonly SortedDictionary<string, Helper> helpers = new(StringComparer.Ordinal);

    /// <summary>Every helper that was asked for, and what those need, once, in ordinal order.</summary>
    public IEnumerable<Helper> Helpers => helpers.Values;

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

    /// <summary>Opens the method of a step: <c>private static void Layer12(byte* x, byte* y)</c>.</summary>
    public IDisposable Method(int index, Step step, params string[] pointers)
    {
        Text($"// {index}: {step.Title}");
        Raw("[MethodImpl(MethodImplOptions.AggressiveOptimization)]");
        var names = step.ScratchBytes > 0 ? pointers.Append("scratch") : pointers;
        return Block($"private static void Layer{index}({string.Join(", ", names.Select(name => "byte* " + name))})");
    }

    /// <summary>Declares <c>data</c>, the step's read-only data.</summary>
    public void DeclareData(int index) => Text($"byte* data = {Use(Kernels.DataHelpers.Address)}(Data{index});");

    /// <summary>
    /// Repeats what follows for every image of a batch, moving <c>x</c> and <c>y</c> along; nothing for a single image.
    /// </summary>
    public IDisposable? Batch(ImageShape image, ImageShape result)
    {
        if (image.Batch == 1)
            return null;

        int x = image.Elements / image.Batch, y = result.Elements / result.Batch;
        return Block($"for (int n = 0; n < {image.Batch}; n++, x += {x}, y += {y})");
    }
}

/// <summary>A method or type of the emitted file that kernels share.</summary>
/// <param name="Name">What callers write; also the order of emission.</param>
/// <param name="Text">Its source.</param>
/// <param name="Needs">Helpers that it calls.</param>
internal sealed record Helper(string Name, string Text, params Helper[] Needs);
