using System;
using System.Collections.Generic;
using System.Globalization;
using System.Linq;
using QuantMcu.Compiler.Lowering.CSharp;

namespace QuantMcu.Compiler.Emit.CSharp.Kernels;

/// <summary>Prints the outer loops of a nest; the caller prints what happens to one row.</summary>
internal static class NestPrinter
{
    /// <param name="writer">Where to.</param>
    /// <param name="loops">The nest.</param>
    /// <param name="operands">Names of the pointers that move along.</param>
    /// <param name="row">
    /// Prints the row at pointers named <c>{operand}Row</c> (or the operands themselves, where there is one row only) and
    /// <c>y</c>.
    /// </param>
    /// <param name="rowBytes">Bytes of a row of the result; one for each element if null.</param>
    public static void Print(KernelWriter writer, LoopNest loops, string[] operands, Action<string[]> row, int? rowBytes = null)
    {
        int outer = loops.Sizes.Length - 1;
        if (outer == 0)
        {
            row(operands);
            return;
        }

        var scopes = new Stack<IDisposable>();
        for (int axis = 0; axis < outer; axis++)
            scopes.Push(writer.Block($"for (int i{axis} = 0; i{axis} < {loops.Sizes[axis]}; i{axis}++)"));

        for (int operand = 0; operand < operands.Length; operand++)
        {
            var terms = Enumerable.Range(0, outer).Where(axis => loops.Strides[operand][axis] != 0)
                .Select(axis => " + (i" + Number(axis) + " * " + Number(loops.Strides[operand][axis]) + ")");
            writer.Text($"byte* {operands[operand]}Row = {operands[operand]}{string.Concat(terms)};");
        }

        row(operands.Select(operand => operand + "Row").ToArray());
        writer.Text($"y += {rowBytes ?? loops.Row};");
        while (scopes.Count > 0)
            scopes.Pop().Dispose();
    }

    /// <summary><c>a[i]</c>, <c>a[0]</c> or <c>a[i * 3]</c>.</summary>
    public static string At(string operand, int stride) =>
        stride == 1 ? operand + "[i]" : stride == 0 ? operand + "[0]" : operand + "[i * " + Number(stride) + "]";

    private static string Number(int value) => value.ToString(CultureInfo.InvariantCulture);
}
