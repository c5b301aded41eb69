using System;
using System.Collections.Immutable;
using System.Globalization;
using System.IO;
using System.Linq;
using System.Text;
using System.Text.RegularExpressions;
using System.Threading;
using QuantMcu.Compiler.Emit.C;
using QuantMcu.Compiler.Lowering.C;
using QuantMcu.Compiler.Quantization;
using QuantMcu.Compiler.Reference.Integer;

namespace QuantMcu.Testing.Native;

/// <summary>What an emulated core executed for a layer, or for what is done before and after the layers.</summary>
/// <param name="Title">Of the step.</param>
/// <param name="Instructions">Executed.</param>
public sealed record StepCount(string Title, long Instructions);

/// <summary>One inference of a network as emitted C on an emulated core, whose result equals the integer interpreter's.</summary>
/// <param name="Steps">In order.</param>
/// <param name="Macs">Of all layers, as the field counts them.</param>
/// <param name="CodeBytes">Of the functions of the network and its kernels.</param>
/// <param name="ArenaBytes">High-water mark of the arena: up to the last byte that was written.</param>
/// <param name="StackBytes">High-water mark of the stack: deepest use below the caller.</param>
/// <param name="Program">What was emitted.</param>
public sealed record EmulatedRun(ImmutableArray<StepCount> Steps, long Macs, int CodeBytes, int ArenaBytes, int StackBytes, CProgram Program)
{
    private const string Name = "net";

    /// <summary>The network with marks around what is counted, which take code themselves.</summary>
    private const string Counted = "counted.c";

    /// <summary>Bytes of the stack that the program around a network takes.</summary>
    private const int CallerBytes = 256;

    private static readonly object Building = new();

    public long Instructions => Steps.Sum(step => step.Instructions);

    public double PerMac => (double)Instructions / Macs;

    internal static string Harness => Path.Combine(ModelsFolder.Repository, "tests", "Native", "harness");

    /// <exception cref="InvalidOperationException">It does not build or run, or its result differs from the interpreter's.</exception>
    public static EmulatedRun Of(QuantizedNetwork network, byte[][] inputs, EmulatedCore core, Code code = Code.Speed, int? ram = null)
    {
        lock (Building)
        {
            if (!File.Exists(Path.Combine(Harness, "plugin", "pccount.so")))
                Toolchain.Run(Harness, [], "make");
        }

        var program = CLowering.Lower(network, core.Target, code, ram, CancellationToken.None);
        using var folder = new TemporaryDirectory();
        foreach (var (name, text) in CFiles.Of(new CTarget(Name), program, "hash"))
        {
            folder.Write(name, Encoding.UTF8.GetBytes(text));
            if (name == Name + ".c")
                folder.Write(Counted, Encoding.UTF8.GetBytes(WithRegions(text, program)));
        }

        folder.Write("main.c", Encoding.UTF8.GetBytes(Main(program, inputs, IntegerInterpreter.Run(network, inputs))));
        string mcu = Path.Combine(Harness, "mcu.sh");
        Build(Counted, "net.elf", runs: 1);
        string output = Run("count", "net.elf");
        var counts = Matches(output, "^step [0-9]+ : roi [0-9]+ insns ([0-9]+)");
        if (counts.Length != program.Parts.Length)
            throw new InvalidOperationException("counted " + counts.Length + " of " + program.Parts.Length + " steps:\n" + output);

        Build(Name + ".c", "plain.elf", runs: 2);
        string plain = Run("run", "plain.elf");
        int arena = (int)Matches(plain, "^arena ([0-9]+)").Max(), stack = (int)Matches(plain, "^stack ([0-9]+)").Max();
        if (stack > program.StackBytes)
            throw new InvalidOperationException("took " + stack + " bytes of the stack of " + core.Name + ", not " + program.StackBytes + " at most");

        string sizes = Encoding.UTF8.GetString(Toolchain.Run(folder.FullName, [], "sh", mcu, "size", core.Name, "plain.elf"));
        return new EmulatedRun(
            [.. program.Parts.Zip(counts, (step, count) => new StepCount(step.Title, count))],
            network.Layers.Sum(layer => layer.Macs(network)), CodeOf(sizes, program), arena, stack, program);

        void Build(string source, string to, int runs) => Toolchain.Run(
            folder.FullName, [], "env", "STACK=" + StackBytesOf(program), "sh", mcu, "build", core.Name, to, source, "main.c", "-I.", "-std=c99",
            "-DRUNS=" + runs.ToString(CultureInfo.InvariantCulture));

        string Run(string command, string file)
        {
            string said = Encoding.UTF8.GetString(Toolchain.Run(folder.FullName, [], "sh", mcu, command, core.Name, file));
            return said.Contains("same\n") ? said
                : throw new InvalidOperationException("The result of " + core.Name + " differs from the interpreter's:\n" + said);
        }
    }

    private static long[] Matches(string output, string pattern) => Regex.Matches(output, pattern, RegexOptions.Multiline)
        .Select(match => long.Parse(match.Groups[1].Value, CultureInfo.InvariantCulture)).ToArray();

    /// <summary>No more than the report says, and what is around the network: where there is a fence, more ends in a fault.</summary>
    private static string StackBytesOf(CProgram program) => (program.StackBytes + CallerBytes).ToString(CultureInfo.InvariantCulture);

    /// <summary>The code with a region around the calls of every step.</summary>
    private static string WithRegions(string source, CProgram program)
    {
        int start = source.IndexOf(program.Stage is null ? "void net_run_in(" : "void net_run_counted(", StringComparison.Ordinal);
        var text = new StringBuilder("#include \"mcu.h\"\n").Append(source, 0, start);
        int next = 0;
        bool isOpen = false;
        foreach (string line in source.Substring(start).Split('\n'))
        {
            if (next < program.Parts.Length && line == "    /* " + program.Parts[next].Title + " */")
            {
                text.Append("    roi_name(\"step ").Append(next++).Append("\");\n    roi_begin();\n");
                isOpen = true;
            }
            else if (line.Length == 0 && isOpen)
            {
                text.Append("    roi_end();\n");
                isOpen = false;
            }

            text.Append(line).Append('\n');
        }

        return text.ToString();
    }

    private static int CodeOf(string sizes, CProgram program) => sizes.Split('\n').Select(line => line.Split(' '))
        .Where(parts => parts.Length == 4 && parts[2] is "t" or "T")
        .Where(parts => parts[3].StartsWith(Name + "_run", StringComparison.Ordinal) || parts[3].StartsWith("qmcu_", StringComparison.Ordinal)
            || parts[3].StartsWith("tile_", StringComparison.Ordinal)
            || program.Steps.Any(step => parts[3] == step.Kernel.Name || parts[3].StartsWith(step.Kernel.Name + ".", StringComparison.Ordinal)))
        .Sum(parts => int.Parse(parts[1], NumberStyles.HexNumber, CultureInfo.InvariantCulture));

    private static string Main(CProgram program, byte[][] inputs, byte[][] outputs)
    {
        var text = new StringBuilder("#include \"mcu.h\"\n#include \"net.h\"\n#define GUARD 16\nstatic uint32_t memory[(NET_ARENA_BYTES + 3 + 2 * GUARD) / 4];\n");
        var arguments = new StringBuilder();
        for (int i = 0; i < inputs.Length; i++)
        {
            bool signed = program.Inputs[i].Port.Signed;
            text.Append("static const uint8_t in").Append(i).Append("[] = {").AppendJoin(",", inputs[i].Select(code => signed ? code ^ 0x80 : code))
                .Append("};\n");
            arguments.Append(", ").Append(signed ? "(const int8_t *)" : "").Append("in").Append(i);
        }

        for (int i = 0; i < outputs.Length; i++)
        {
            bool signed = program.Outputs[i].Port.Signed;
            text.Append("static uint8_t out").Append(i).Append('[').Append(outputs[i].Length).Append("];\n");
            text.Append("static const uint8_t want").Append(i).Append("[] = {")
                .AppendJoin(",", outputs[i].Select(code => signed ? code ^ 0x80 : code)).Append("};\n");
            arguments.Append(", ").Append(signed ? "(int8_t *)" : "").Append("out").Append(i);
        }

        text.Append(
            """
            static int run(uint8_t paint)
            {
                uint8_t *all = (uint8_t *)memory, *arena = all + GUARD, *behind = arena + NET_ARENA_BYTES;
                for (uint32_t i = 0; i < NET_ARENA_BYTES + 2 * GUARD; ++i)
                    all[i] = paint;
                mcu_stack_paint();

            """);
        text.Append("    net_run_in(arena").Append(arguments).Append(");\n");
        text.Append(
            """
                mcu_puts("stack "); mcu_putu(mcu_stack_used()); mcu_puts("\n");
                for (int i = 0; i < GUARD; ++i)
                    if (all[i] != paint || behind[i] != paint) { mcu_puts("wrote beside the arena\n"); return 1; }
                while (behind > arena && behind[-1] == paint)
                    --behind;
                mcu_puts("arena "); mcu_putu((uint32_t)(behind - arena)); mcu_puts("\n");

            """);
        for (int i = 0; i < outputs.Length; i++)
        {
            text.Append("    for (uint32_t i = 0; i < sizeof out").Append(i).Append("; ++i)\n        if (out").Append(i).Append("[i] != want")
                .Append(i).Append("[i]) { mcu_puts(\"differs at \"); mcu_putu(i); mcu_puts(\"\\n\"); return 1; }\n");
        }

        return text.Append("    return 0;\n}\n\n").Append(
            """
            /* What has neither of two paints behind the runs was written. */
            int main(void)
            {
                if (run(0x5A) != 0 || (RUNS > 1 && run(0xA5) != 0))
                    return 1;
                mcu_puts("same\n");
                return 0;
            }

            """).ToString();
    }
}
