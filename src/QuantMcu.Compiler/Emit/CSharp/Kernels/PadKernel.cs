using System;
using System.Collections.Generic;
using System.Globalization;
using System.Linq;
using QuantMcu.Compiler.Lowering.CSharp;

namespace QuantMcu.Compiler.Emit.CSharp.Kernels;

/// <summary>Padding: tables say where each output index reads.</summary>
internal static class PadKernel
{
    public static void Print(KernelWriter writer, int index, PadStep step)
    {
        using (writer.Method(index, step, "x", "y"))
        {
            if (step.Sizes.Length == 0)
            {
                writer.Text($"Unsafe.CopyBlockUnaligned(y, x, {step.Run});");
                return;
            }

            writer.DeclareData(index);
            var scopes = new Stack<IDisposable>();
            for (int axis = 0; axis < step.Sizes.Length; axis++)
            {
                scopes.Push(writer.Block($"for (int i{axis} = 0; i{axis} < {step.Sizes[axis]}; i{axis}++)"));
                writer.Text($"int from{axis} = ((int*)(data + {step.TableOffsets[axis]}))[i{axis}];");
            }

            var axes = Enumerable.Range(0, step.Sizes.Length).Select(axis => "from" + axis.ToString(CultureInfo.InvariantCulture))
                .ToArray();
            writer.Text(
                $$"""
                if (({{string.Join(" | ", axes)}}) >= 0)
                    Unsafe.CopyBlockUnaligned(y, x + {{string.Join(" + ", axes)}}, {{step.Run}});
                else
                    Unsafe.InitBlockUnaligned(y, {{step.Code}}, {{step.Run}});

                y += {{step.Run}};
                """);
            while (scopes.Count > 0)
                scopes.Pop().Dispose();
        }
    }
}
