using System;
using System.Collections.Generic;
using System.Globalization;
using System.Linq;
using QuantMcu.Compiler.Emit.CSharp.Kernels;
using QuantMcu.Compiler.Lowering;
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
        Run(writer, api, program);
        var kernels = new KernelWriter(writer);
        for (int i = 0; i < program.Steps.Length; i++)
        {
            writer.Line();
            KernelDispatch.Print(kernels, i, program.Steps[i]);
        }

        if (program.Constants.Count > 0)
            kernels.Use(DataHelpers.Address);

        foreach (var helper in kernels.Helpers)
        {
            writer.Line();
            writer.Raw(helper.Text);
        }

        foreach (var (name, bytes) in kernels.Data)
            DataPrinter.Print(writer, name, bytes);

        foreach (var constant in program.Constants)
            DataPrinter.Print(writer, "Constant" + Number(constant.Key), constant.Value);
    }

    private static void Arena(IndentedWriter writer, CSharpProgram program) => writer.Text(
        $$"""
        private const int ArenaBytes = {{program.ArenaBytes}};

        private static readonly byte[] ArenaArray = GC.AllocateUninitializedArray<byte>(ArenaBytes + 63, pinned: true);

        /// <summary>The static arena, on a cache line.</summary>
        public static byte* StaticArena =>
            (byte*)(((nuint)Unsafe.AsPointer(ref MemoryMarshal.GetArrayDataReference(ArenaArray)) + 63) & ~(nuint)63);

        """);

    private static void Run(IndentedWriter writer, ClassApi api, CSharpProgram program)
    {
        var parameters = ApiPrinter.Ports(api).Select(port => $"{port.Type}* {port.Parameter}").Append("byte* arena");
        using (writer.Block($"public static void Run({string.Join(", ", parameters)})"))
        {
            writer.Raw("if (!BitConverter.IsLittleEndian)");
            writer.Raw("    throw new PlatformNotSupportedException(\"The weights are stored for little-endian processors.\");");
            writer.Line();
            for (int i = 0; i < program.Steps.Length; i++)
                writer.Text($"Layer{i}({string.Join(", ", Arguments(api, program, i))});");
        }
    }

    private static IEnumerable<string> Arguments(ClassApi api, CSharpProgram program, int index)
    {
        var step = program.Steps[index];
        foreach (var operand in step.Inputs.Add(step.Output))
            yield return Pointer(api, program, operand);
    }

    private static string Pointer(ClassApi api, CSharpProgram program, Storage operand) => operand.Kind switch
    {
        StorageKind.Arena => InArena(program, operand.Index),
        StorageKind.Input => Cast(api.Inputs[operand.Index]),
        StorageKind.Output => Cast(api.Outputs[operand.Index]),
        _ => DataHelpers.Address.Name + "(Constant" + Number(operand.Index) + ")",
    };

    private static string InArena(CSharpProgram program, int buffer) =>
        program.Arena.Offsets[buffer] == 0 ? "arena" : "arena + " + Number(program.Arena.Offsets[buffer]);

    private static string Cast(ApiPort port) => port.Signed ? "(byte*)" + port.Parameter : port.Parameter;

    private static void RequireSamePorts(ClassApi api, CSharpProgram program)
    {
        static bool Same(ApiPort port, ProgramPort own) =>
            port.Signed == own.Port.Signed && port.Shape.Elements == own.Tensor.Elements;

        if (!api.Inputs.Zip(program.Inputs, Same).All(same => same) || api.Inputs.Length != program.Inputs.Length
            || !api.Outputs.Zip(program.Outputs, Same).All(same => same) || api.Outputs.Length != program.Outputs.Length)
            throw new ArgumentException("The class's ports are not those of the program.", nameof(api));
    }

    private static string Number(int value) => value.ToString(CultureInfo.InvariantCulture);
}
