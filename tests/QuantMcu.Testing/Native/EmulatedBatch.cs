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
using QuantMcu.Compiler.Reference.Integer;

namespace QuantMcu.Testing.Native;

/// <summary>Several networks in one program on an emulated core: building and starting cost more than small networks do.</summary>
public static class EmulatedBatch
{
    /// <summary>Whether what is beside an arena of so many bytes is no longer as it was.</summary>
    private const string Touched =
        """
        static int touched(uint32_t arena)
        {
            uint8_t *all = (uint8_t *)memory;
            for (uint32_t i = 0; i < GUARD; ++i)
                if (all[i] != PAINT || all[GUARD + arena + i] != PAINT)
                    return 1;
            return 0;
        }

        """;

    /// <summary>Runs every network on one set of inputs and compares.</summary>
    /// <returns>What differs from the integer interpreter, a line each.</returns>
    /// <exception cref="InvalidOperationException">It does not build or does not end as it should.</exception>
    public static string[] Differences(
        IReadOnlyList<QuantizedNetwork> networks, IReadOnlyList<byte[][]> inputs, EmulatedCore core, Code code = Code.Speed, string optimization = "-O2")
    {
        var programs = networks.Select(network => CLowering.Lower(network, core.Target, code, CancellationToken.None)).ToArray();
        using var folder = new TemporaryDirectory();
        var main = new StringBuilder("#include <string.h>\n#include \"mcu.h\"\n");
        main.Append("#define GUARD 16\n#define PAINT 0x5A\nstatic uint32_t memory[").Append((programs.Max(program => program.ArenaBytes) / 4) + 9).Append("];\n");
        main.Append(Touched);
        var body = new StringBuilder();
        var sources = new List<string> { "main.c" };
        for (int i = 0; i < programs.Length; i++)
        {
            string name = "net" + i.ToString(CultureInfo.InvariantCulture);
            foreach (var (file, text) in CFiles.Of(new CTarget(name), programs[i], "hash"))
                folder.Write(file, Encoding.UTF8.GetBytes(text));

            sources.Add(name + ".c");
            Add(main, body, name, programs[i], inputs[i], IntegerInterpreter.Run(networks[i], inputs[i]));
        }

        main.Append("int main(void)\n{\n").Append(body).Append("    mcu_puts(\"end\\n\");\n    return 0;\n}\n");
        folder.Write("main.c", Encoding.UTF8.GetBytes(main.ToString()));
        string mcu = Path.Combine(EmulatedRun.Harness, "mcu.sh");
        string[] build = ["OPT=" + optimization, "STACK=0x10000", "sh", mcu, "build", core.Name, "nets.elf", .. sources, "-I.", "-std=c99"];
        Toolchain.Run(folder.FullName, [], "env", build);
        string output = Encoding.UTF8.GetString(Toolchain.Run(folder.FullName, [], "sh", mcu, "run", core.Name, "nets.elf"));
        string[] lines = output.Split('\n', StringSplitOptions.RemoveEmptyEntries);
        if (lines.LastOrDefault() != "end")
            throw new InvalidOperationException("It did not run to its end on " + core.Name + ":\n" + output);

        return lines[..^1];
    }

    private static void Add(StringBuilder main, StringBuilder body, string name, CProgram program, byte[][] inputs, byte[][] outputs)
    {
        main.Append("#include \"").Append(name).Append(".h\"\n");
        var arguments = new StringBuilder();
        for (int i = 0; i < inputs.Length; i++)
            Array(main, arguments, name + "_in" + i, inputs[i], program.Inputs[i].Port.Signed, isResult: false);

        for (int i = 0; i < outputs.Length; i++)
            Array(main, arguments, name + "_out" + i, outputs[i], program.Outputs[i].Port.Signed, isResult: true);

        body.Append("    memset(memory, PAINT, sizeof memory);\n    mcu_stack_paint();\n    ").Append(name).Append("_run_in((uint8_t *)memory + GUARD")
            .Append(arguments).Append(");\n");
        body.Append("    if (mcu_stack_used() > ").Append(program.StackBytes).Append(") { mcu_puts(\"").Append(name)
            .Append(" takes \"); mcu_putu(mcu_stack_used()); mcu_puts(\" bytes of the stack, not ").Append(program.StackBytes).Append("\\n\"); }\n");
        body.Append("    if (touched(").Append(program.ArenaBytes).Append(")) { mcu_puts(\"").Append(name).Append(" wrote beside its arena\\n\"); }\n");
        for (int i = 0; i < outputs.Length; i++)
        {
            string result = name + "_out" + i;
            body.Append("    for (uint32_t i = 0; i < ").Append(outputs[i].Length).Append("; ++i)\n        if (").Append(result).Append("[i] != ")
                .Append(result).Append("_want[i]) { mcu_puts(\"").Append(result).Append(" differs at \"); mcu_putu(i); mcu_puts(\"\\n\"); break; }\n");
        }
    }

    /// <summary>Codes of a port; a byte more, since C has no empty arrays. Arrays of bytes need not lie on words, as callers' need not.</summary>
    private static void Array(StringBuilder main, StringBuilder arguments, string name, byte[] codes, bool signed, bool isResult)
    {
        var bytes = codes.Select(code => signed ? code ^ 0x80 : code).Append(0);
        arguments.Append(", ").Append(signed ? isResult ? "(int8_t *)" : "(const int8_t *)" : "").Append(name);
        if (isResult)
            main.Append("static uint8_t ").Append(name).Append('[').Append(codes.Length + 1).Append("];\n");

        main.Append("static const uint8_t ").Append(name).Append(isResult ? "_want" : "").Append("[] = {").AppendJoin(",", bytes).Append("};\n");
    }
}
