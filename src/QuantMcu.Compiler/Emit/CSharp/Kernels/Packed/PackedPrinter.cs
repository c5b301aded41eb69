using System;
using QuantMcu.Compiler.Lowering.CSharp;

namespace QuantMcu.Compiler.Emit.CSharp.Kernels.Packed;

/// <summary>Texts that reach codes of any width.</summary>
internal static class PackedPrinter
{
    /// <summary>A code of a tensor by its row-major index.</summary>
    public static string At(KernelWriter writer, CodeLayout layout, string pointer, string index)
    {
        if (!layout.IsPacked)
            return $"{pointer}[{index}]";

        return layout.IsDense
            ? $"{writer.Use(PackedHelpers.Code(layout.Bits))}({pointer}, {index})"
            : FormattableString.Invariant(
                $"{writer.Use(PackedHelpers.LineCode(layout.Bits))}({pointer}, {index}, {layout.Line}, {layout.Pitch})");
    }

    /// <summary>A code of a line.</summary>
    public static string InLine(KernelWriter writer, int bits, string line, string index) =>
        bits == 8 ? $"{line}[{index}]" : $"{writer.Use(PackedHelpers.Code(bits))}({line}, {index})";

    /// <summary>The address of a code that starts a byte.</summary>
    public static string Address(int bits, string pointer, string index) =>
        index == "0" ? pointer : bits == 8 ? $"{pointer} + {index}" : FormattableString.Invariant($"{pointer} + ({index} / {8 / bits})");

    /// <summary>Declares <c>result</c>, which takes the codes of the result one after the other.</summary>
    public static void DeclareResult(KernelWriter writer, CodeLayout layout, string y = "y")
    {
        if (layout.IsPacked)
            writer.Text($"var result = new {writer.Use(PackedHelpers.LineWriter(layout.Bits))}({y}, line: {layout.Line});");
        else
            writer.Text($"byte* result = {y};");
    }

    /// <summary>Writes the next code of the result.</summary>
    public static void Write(KernelWriter writer, CodeLayout layout, string code)
    {
        if (layout.IsPacked)
            writer.Text($"result.Write({code});");
        else
            writer.Text($"*result++ = (byte){code};");
    }
}
