using System.Globalization;
using System.Linq;
using QuantMcu.Compiler.Lowering.CSharp;

namespace QuantMcu.Compiler.Emit.CSharp.Kernels.Packed;

/// <summary>Padding of packed lines themselves, code by code.</summary>
internal static class PackedPadKernel
{
    public static void Print(KernelWriter writer, int index, PadStep step)
    {
        var packing = step.Packing!;
        using (writer.Method(index, step, "x", "y"))
        {
            writer.DeclareData(index, step);
            PackedPrinter.DeclareResult(writer, packing.Output);
            using (PadKernel.Loops(writer, step))
            {
                var axes = Enumerable.Range(0, step.Sizes.Length).Select(axis => "from" + axis.ToString(CultureInfo.InvariantCulture))
                    .ToArray();
                string code = PackedPrinter.At(writer, packing.Inputs[0], "x", string.Join(" + ", axes));
                PackedPrinter.Write(writer, packing.Output, $"(({string.Join(" | ", axes)}) >= 0 ? {code} : {step.Code})");
            }
        }
    }
}
