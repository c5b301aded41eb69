using System;
using System.Linq;
using QuantMcu.Compiler.Emit.CSharp.Kernels;
using QuantMcu.Compiler.Lowering.CSharp;

namespace QuantMcu.Compiler.Emit.CSharp;

/// <summary>
/// Phase 2: implements the partial methods of <see cref="ApiPrinter"/> with the kernels of a program. The kernels stand in a
/// file-local class of a namespace of our own, so that no type or using of the user's can change their meaning. Needs C# 12 and
/// .NET 8.
/// </summary>
public static class KernelPrinter
{
    /// <summary>Text of the file.</summary>
    /// <param name="target">The user's class.</param>
    /// <param name="api">What phase 1 printed.</param>
    /// <param name="program">The compiled network.</param>
    /// <exception cref="ArgumentException">The program's ports are not those of <paramref name="api"/>.</exception>
    public static string Print(ClassTarget target, ClassApi api, CSharpProgram program)
    {
        RequireSamePorts(api, program);
        var writer = new IndentedWriter();
        ClassPrinter.Header(writer);
        using (ClassPrinter.Open(writer, target))
            PartialMethods.Print(writer, api, program);

        writer.Line();
        using (writer.Block($"namespace QuantMcu.Generated"))
        {
            writer.Raw(
                """
                using global::System;
                using global::System.Numerics;
                using global::System.Runtime.CompilerServices;
                using global::System.Runtime.InteropServices;
                using global::System.Runtime.Intrinsics;
                using global::System.Runtime.Intrinsics.Arm;
                using global::System.Runtime.Intrinsics.X86;

                """);
            using (writer.Block($"file static unsafe class Kernels"))
                KernelClass(writer, api, program);
        }

        return writer.ToString();
    }

    private static void KernelClass(IndentedWriter writer, ClassApi api, CSharpProgram program)
    {
        Arena(writer, program);
        var kernels = new KernelWriter(writer);
        var pointers = new Pointers(api, program, kernels);
        var patches = program.Stage is null ? null : new PatchPrinter(program.Stage, kernels, pointers);
        var fused = program.Steps.Select(step => step is FusedStep several ? new PatchPrinter(several, kernels, pointers) : null).ToArray();
        Run(kernels, api, program, pointers, patches, fused);
        patches?.Methods(branch => program.FirstStep(branch));
        patches?.Classes();
        for (int i = 0; i < fused.Length; i++)
            fused[i]?.Methods(_ => program.NumberOf(i));

        int number = 0;
        foreach (var step in program.AllSteps)
        {
            writer.Line();
            KernelDispatch.Print(kernels, number++, step);
        }

        foreach (var helper in kernels.Helpers)
        {
            writer.Line();
            writer.Raw(helper.Text);
        }

        foreach (var (name, bytes) in kernels.Data)
            DataPrinter.Print(writer, name, bytes);
    }

    private static void Arena(IndentedWriter writer, CSharpProgram program) => writer.Text(
        $$"""
        private const int ArenaBytes = {{program.ArenaBytes}};

        private static readonly byte[] ArenaArray = GC.AllocateUninitializedArray<byte>(ArenaBytes + 63, pinned: true);

        /// <summary>The static arena, on a cache line.</summary>
        public static byte* StaticArena =>
            (byte*)(((nuint)Unsafe.AsPointer(ref MemoryMarshal.GetArrayDataReference(ArenaArray)) + 63) & ~(nuint)63);

        """);

    private static void Run(
        KernelWriter writer, ClassApi api, CSharpProgram program, Pointers pointers, PatchPrinter? patches, PatchPrinter?[] fused)
    {
        string counts = api.CountsPatches ? ", int* patches" : "";
        using (writer.Block($"public static void Run({pointers.Parameters}{counts})"))
        {
            writer.Raw("if (!BitConverter.IsLittleEndian)");
            writer.Raw("    throw new PlatformNotSupportedException(\"The weights are stored for little-endian processors.\");");
            writer.Line();
            if (patches is not null)
            {
                patches.Loops("Patch stage", api.CountsPatches);
                writer.Line();
                writer.Raw("// The rest, layer by layer.");
            }

            for (int i = 0; i < program.Steps.Length; i++)
            {
                var step = program.Steps[i];
                int number = program.NumberOf(i);
                if (step is FusedStep { Steps.Length: var several })
                    fused[i]!.Loops(FormattableString.Invariant($"Layers {number} to {number + several - 1} together"), counts: false);
                else
                    writer.Text($"Layer{number}({string.Join(", ", step.Inputs.Add(step.Output).Select(pointers.To))});");
            }
        }
    }

    private static void RequireSamePorts(ClassApi api, CSharpProgram program)
    {
        static bool Same(ApiPort port, ProgramPort own) =>
            port.Signed == own.Port.Signed && port.Shape.Elements == own.Tensor.Elements;

        if (!api.Inputs.Zip(program.Inputs, Same).All(same => same) || api.Inputs.Length != program.Inputs.Length
            || !api.Outputs.Zip(program.Outputs, Same).All(same => same) || api.Outputs.Length != program.Outputs.Length)
            throw new ArgumentException("The class's ports are not those of the program.", nameof(api));
    }
}
