using System.Linq;
using QuantMcu.Compiler.Lowering.CSharp;
using QuantMcu.Compiler.Quantization.Layers;

namespace QuantMcu.Compiler.Emit.CSharp.Kernels;

/// <summary>Sums with scales: int32 throughout.</summary>
internal static class AddKernel
{
    private static readonly Helper AddRows = new(
        "AddRows",
        """
        /// <summary>y = clamp((a * multiplierA + b * multiplierB + addend) >> shift, min, max), element by element.</summary>
        [MethodImpl(MethodImplOptions.AggressiveOptimization)]
        private static void AddRows(
            byte* a, byte* b, byte* y, int count, int multiplierA, int multiplierB, int addend, int shift, int min, int max)
        {
            int i = 0;
            if (Vector.IsHardwareAccelerated)
            {
                for (; i <= count - Vector<byte>.Count; i += Vector<byte>.Count)
                {
                    Vector.Widen(Unsafe.ReadUnaligned<Vector<byte>>(a + i), out Vector<ushort> lowA, out Vector<ushort> highA);
                    Vector.Widen(Unsafe.ReadUnaligned<Vector<byte>>(b + i), out Vector<ushort> lowB, out Vector<ushort> highB);
                    Unsafe.WriteUnaligned(y + i, Vector.Narrow(Add(lowA, lowB), Add(highA, highB)));
                }
            }

            for (; i < count; i++)
                y[i] = (byte)Math.Min(Math.Max(((a[i] * multiplierA) + (b[i] * multiplierB) + addend) >> shift, min), max);

            [MethodImpl(MethodImplOptions.AggressiveInlining)]
            Vector<ushort> Add(Vector<ushort> left, Vector<ushort> right)
            {
                Vector.Widen(left, out Vector<uint> left0, out Vector<uint> left1);
                Vector.Widen(right, out Vector<uint> right0, out Vector<uint> right1);
                return Vector.Narrow(Add4(left0, right0), Add4(left1, right1));
            }

            [MethodImpl(MethodImplOptions.AggressiveInlining)]
            Vector<uint> Add4(Vector<uint> left, Vector<uint> right)
            {
                Vector<int> sum = (Vector.AsVectorInt32(left) * multiplierA) + (Vector.AsVectorInt32(right) * multiplierB)
                    + new Vector<int>(addend);
                sum = Vector.ShiftRightArithmetic(sum, shift);
                return Vector.AsVectorUInt32(Vector.Min(Vector.Max(sum, new Vector<int>(min)), new Vector<int>(max)));
            }
        }
        """);

    public static void Print(KernelWriter writer, int index, AddStep step)
    {
        bool contiguous = step.Loops.RowStride(0) == 1 && step.Loops.RowStride(1) == 1;
        using (writer.Method(index, step, "a", "b", "y"))
        {
            DeclareConstants(writer, step.Layer);
            if (step.Region is { } region)
            {
                Region(writer, step, region);
                return;
            }

            NestPrinter.Print(writer, step.Loops, ["a", "b"], rows =>
            {
                if (contiguous)
                    Contiguous(writer, step, rows);
                else
                    Strided(writer, step, rows);
            });
        }
    }

    public static void DeclareConstants(KernelWriter writer, AddLayer layer) => writer.Text(
        $$"""
        const int MultiplierA = {{layer.MultiplierA}}, MultiplierB = {{layer.MultiplierB}};
        const int Addend = {{layer.Addend}}, Shift = {{layer.Shift}};
        """);

    /// <summary>Prints the sum of neighbouring codes.</summary>
    public static void Call(KernelWriter writer, AddStep step, string a, string b, string y, string count) => writer.Text(
        $$"""
        {{writer.Use(AddRows)}}(
            {{a}}, {{b}}, {{y}}, {{count}}, MultiplierA, MultiplierB, Addend, Shift,
            min: {{step.Layer.Min}}, max: {{step.Layer.Max}});
        """);

    private static void Region(KernelWriter writer, AddStep step, RegionImages region) =>
        RegionPrinter.Rows(writer, region, ["a", "b"], (operands, y) =>
        {
            int channels = region.Output.Channels;
            if (region.Inputs.All(input => input.Pixel != 0 && input.Channels == channels))
            {
                Call(writer, step, operands[0], operands[1], y, $"pixels * {channels}");
                return;
            }

            RegionPrinter.Channels(writer, region, operands, y, elements => writer.Text(
                $$"""
                int sum = ({{elements[0]}} * MultiplierA) + ({{elements[1]}} * MultiplierB) + Addend;
                {{y}}[c] = (byte)Math.Min(Math.Max(sum >> Shift, {{step.Layer.Min}}), {{step.Layer.Max}});
                """));
        });

    private static void Contiguous(KernelWriter writer, AddStep step, string[] rows) =>
        Call(writer, step, rows[0], rows[1], "y", $"{step.Loops.Row}");

    private static void Strided(KernelWriter writer, AddStep step, string[] rows) => writer.Text(
        $$"""
        for (int i = 0; i < {{step.Loops.Row}}; i++)
        {
            int left = {{NestPrinter.At(rows[0], step.Loops.RowStride(0))}}, right =
                {{NestPrinter.At(rows[1], step.Loops.RowStride(1))}};
            int sum = (left * MultiplierA) + (right * MultiplierB) + Addend;
            y[i] = (byte)Math.Min(Math.Max(sum >> Shift, {{step.Layer.Min}}), {{step.Layer.Max}});
        }
        """);
}
