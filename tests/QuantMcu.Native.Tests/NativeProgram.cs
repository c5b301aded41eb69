using System;
using System.Collections.Generic;
using System.Globalization;
using System.IO;
using System.Linq;
using System.Text;
using System.Threading;
using QuantMcu.Compiler.Emit.C;
using QuantMcu.Compiler.Lowering.C;
using QuantMcu.Compiler.Quantization;
using QuantMcu.Testing;
using QuantMcu.Testing.Native;

namespace QuantMcu.Native.Tests;

/// <summary>
/// Networks compiled together into one program for this machine. Every input, output and arena is an allocation of its own of the exact size, so that
/// the address sanitizer sees whatever is read or written beside it. So it does beside the scratch of every other network, which is on the stack.
/// </summary>
internal sealed class NativeProgram : IDisposable
{
    private static readonly string[] Strict = ["-std=c99", "-Wall", "-Wextra", "-Wconversion", "-pedantic", "-Werror"];

    private readonly TemporaryDirectory folder = new();
    private readonly CProgram[] programs;

    /// <param name="networks">Network i becomes net{i}.</param>
    /// <param name="target">Whose layout and kernels; on this machine they run as portable C.</param>
    /// <param name="compiler">gcc or clang; every warning is an error.</param>
    /// <param name="options">Further options.</param>
    public NativeProgram(IReadOnlyList<QuantizedNetwork> networks, Target target, string compiler, params string[] options)
        : this(networks, target, Code.Speed, compiler, options)
    {
    }

    /// <param name="code">What is saved: instructions or flash.</param>
    /// <inheritdoc cref="NativeProgram(IReadOnlyList{QuantizedNetwork}, Target, string, string[])"/>
    public NativeProgram(IReadOnlyList<QuantizedNetwork> networks, Target target, Code code, string compiler, params string[] options)
    {
        programs = networks.Select((network, i) => CLowering.Lower(network, target, code, i % 2 == 0 ? null : 0, CancellationToken.None)).ToArray();
        var sources = new List<string> { "main.c" };
        for (int i = 0; i < programs.Length; i++)
        {
            sources.Add(Name(i) + ".c");
            foreach (var (name, text) in CFiles.Of(new CTarget(Name(i)), programs[i], "hash"))
                folder.Write(name, Encoding.UTF8.GetBytes(text));
        }

        folder.Write("main.c", Encoding.UTF8.GetBytes(Main()));
        Toolchain.Run(folder.FullName, [], compiler, [.. Strict, .. options, "-o", "program", .. sources]);
    }

    public IReadOnlyList<CProgram> Programs => programs;

    /// <summary>Runs every network on one set of inputs: unsigned codes, those of signed ports shifted on the way in and out.</summary>
    public NativeRun[] Run(IReadOnlyList<byte[][]> inputs)
    {
        var given = inputs.SelectMany((ports, i) => ports.SelectMany((codes, port) => Signed(codes, programs[i].Inputs[port].Port.Signed)));
        using var output = new BinaryReader(new MemoryStream(Toolchain.Run(folder.FullName, given.ToArray(), folder.PathOf("program"))));
        return programs.Select(program => new NativeRun(
            program.Outputs.Select(port => Signed(output.ReadBytes(port.Tensor.Elements), port.Port.Signed)).ToArray(), output.ReadInt32(),
            Enumerable.Range(0, program.Stage?.Branches.Length ?? 0).Select(_ => output.ReadInt32()).ToArray())).ToArray();
    }

    public void Dispose() => folder.Dispose();

    private static string Name(int index) => "net" + index.ToString(CultureInfo.InvariantCulture);

    private static byte[] Signed(byte[] codes, bool signed) => signed ? Array.ConvertAll(codes, code => (byte)(code ^ 0x80)) : codes;

    /// <summary>Reads inputs from standard input; writes outputs and the arena's high-water mark to standard output.</summary>
    private string Main()
    {
        var text = new StringBuilder(
            """
            #include <stdio.h>
            #include <stdlib.h>
            #include <string.h>

            static uint8_t *take(size_t bytes, int paint)
            {
                uint8_t *p = malloc(bytes + (bytes == 0));
                if (p == NULL)
                    exit(2);
                memset(p, paint, bytes);
                return p;
            }

            static uint8_t *get(size_t bytes)
            {
                uint8_t *p = take(bytes, 0);
                if (fread(p, 1, bytes, stdin) != bytes)
                    exit(3);
                return p;
            }

            static void put(const void *p, size_t bytes)
            {
                if (fwrite(p, 1, bytes, stdout) != bytes)
                    exit(4);
            }

            static void same(const uint8_t *a, const uint8_t *b, size_t bytes)
            {
                if (bytes > 0 && memcmp(a, b, bytes) != 0)
                    exit(5);
            }

            static int32_t high_water(const uint8_t *a, const uint8_t *b, int32_t bytes)
            {
                while (bytes > 0 && a[bytes - 1] == 0x5A && b[bytes - 1] == 0xA5)
                    --bytes;
                return bytes;
            }

            """);
        for (int i = 0; i < programs.Length; i++)
            text.Insert(0, "#include \"" + Name(i) + ".h\"\n");

        for (int i = 0; i < programs.Length; i++)
            text.Append(Runner(i));

        text.Append("\nint main(void)\n{\n");
        for (int i = 0; i < programs.Length; i++)
            text.Append("    run_" + Name(i) + "();\n");

        return text.Append("    return 0;\n}\n").ToString();
    }

    /// <summary>Three runs: in two arenas of different paint, and in the network's own.</summary>
    private string Runner(int index)
    {
        var program = programs[index];
        string name = Name(index), arena = Name(index).ToUpperInvariant() + "_ARENA_BYTES";
        var text = new StringBuilder("\nstatic void run_" + name + "(void)\n{\n");
        string Ports(string run) => string.Join(", ", program.Inputs.Select((port, i) => Cast(port.Port.Signed) + "in" + i)
            .Concat(program.Outputs.Select((port, i) => Cast(port.Port.Signed) + run + i)));

        for (int i = 0; i < program.Inputs.Length; i++)
            text.Append("    uint8_t *in" + i + " = get(" + program.Inputs[i].Tensor.Elements + ");\n");

        foreach (string run in new[] { "a", "b", "c" })
        {
            for (int i = 0; i < program.Outputs.Length; i++)
                text.Append("    uint8_t *" + run + i + " = take(" + program.Outputs[i].Tensor.Elements + ", 0);\n");
        }

        text.Append("    uint8_t *first = take(" + arena + ", 0x5A), *second = take(" + arena + ", 0xA5);\n");
        text.Append("    int32_t used;\n");
        text.Append("    " + name + "_run_in(first, " + Ports("a") + ");\n");
        text.Append("    " + name + "_run_in(second, " + Ports("b") + ");\n");
        text.Append("    " + name + "_run(" + Ports("c") + ");\n");
        for (int i = 0; i < program.Outputs.Length; i++)
        {
            int elements = program.Outputs[i].Tensor.Elements;
            text.Append("    same(a" + i + ", b" + i + ", " + elements + ");\n    same(a" + i + ", c" + i + ", " + elements + ");\n");
            text.Append("    put(a" + i + ", " + elements + ");\n");
        }

        text.Append("    used = high_water(first, second, " + arena + ");\n    put(&used, sizeof used);\n");
        if (program.Stage is not null)
        {
            text.Append("    int32_t patches[" + name.ToUpperInvariant() + "_PATCH_BRANCHES];\n");
            text.Append("    " + name + "_run_counted(first, " + Ports("a") + ", patches);\n    put(patches, sizeof patches);\n");
        }

        return text.Append("}\n").ToString();
    }

    private static string Cast(bool signed) => signed ? "(int8_t *)" : "";
}

/// <summary>What a run of a network left behind.</summary>
/// <param name="Outputs">Unsigned codes.</param>
/// <param name="HighWater">Bytes of the arena up to the last one that was written.</param>
/// <param name="Patches">How many patches each branch computed.</param>
internal sealed record NativeRun(byte[][] Outputs, int HighWater, int[] Patches);
