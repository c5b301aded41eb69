using System.Globalization;
using QuantMcu.Compiler.Lowering.CSharp;

namespace QuantMcu.Compiler.Emit.CSharp.Kernels.Packed;

/// <summary>Slices, transpositions, expansions and reshapes that move single codes.</summary>
internal static class PackedCopyKernel
{
    public static void Print(KernelWriter writer, int index, StridedCopyStep step)
    {
        var packing = step.Packing!;
        using (writer.Method(index, step, "x", "y"))
        {
            PackedPrinter.DeclareResult(writer, packing.Output);
            string source = Number(step.Offset);
            for (int axis = 0; axis < step.Loops.Sizes.Length; axis++)
            {
                string counter = "i" + Number(axis);
                writer.Text($"for (int {counter} = 0; {counter} < {step.Loops.Sizes[axis]}; {counter}++)");
                source = $"{source} + ({counter} * {Number(step.Loops.Strides[0][axis])})";
            }

            using (writer.Braces())
                PackedPrinter.Write(writer, packing.Output, PackedPrinter.At(writer, packing.Inputs[0], "x", source));
        }
    }

    private static string Number(int value) => value.ToString(CultureInfo.InvariantCulture);
}
