using System;
using System.Collections.Immutable;
using System.Globalization;
using System.Linq;
using QuantMcu.Compiler.Emit.CSharp;
using QuantMcu.Compiler.Lowering.C;

namespace QuantMcu.Compiler.Emit.C;

/// <summary>Prints what callers include.</summary>
internal static class CHeaderPrinter
{
    public const string Notice = "/* Made by QuantMcu from a neural network. Changes are lost when it is made again. */";

    public static string Print(CTarget target, CProgram program, string contentHash, int dataBytes)
    {
        var (inputs, outputs) = CPort.Of(program);
        string macro = target.Macro, name = target.Name;
        var writer = new IndentedWriter();
        writer.Raw(Notice);
        writer.Text(
            $$"""
            #ifndef {{macro}}_H
            #define {{macro}}_H

            #include <stdint.h>

            #ifdef __cplusplus
            extern "C" {
            #endif

            /* SHA-256 of the model, its calibration samples and the options: same hash, same code. */
            #define {{macro}}_CONTENT_HASH "{{contentHash}}"

            /* Working memory of one inference, in bytes, scratch of kernels included; it must lie on a word (4 bytes). */
            #define {{macro}}_ARENA_BYTES {{program.ArenaBytes}}

            /* The most that one inference takes of the stack, in bytes{{StackRemark(program)}}. */
            #define {{macro}}_STACK_BYTES {{program.StackBytes}}

            /* Read-only data: weights, biases, multipliers, tables. */
            #define {{macro}}_DATA_BYTES {{dataBytes}}

            """);
        foreach (var port in inputs)
            Port(writer, macro, port, "input");

        foreach (var port in outputs)
            Port(writer, macro, port, "output");

        if (program.Stage is { } stage)
            Patches(writer, macro, stage);

        writer.Text(
            $$"""
            /* Runs the network in an arena of its own: one caller at a time. */
            void {{name}}_run({{Parameters(inputs, outputs)}});

            /* Runs the network in the caller's arena; several callers may run at once in an arena each. What an arena holds may be anything. */
            void {{name}}_run_in(uint8_t *arena, {{Parameters(inputs, outputs)}});

            """);
        if (program.Stage is not null)
        {
            writer.Text(
                $$"""
                /* The same, and says how many patches each branch computed: {{macro}}_PATCH_BRANCHES numbers. */
                void {{name}}_run_counted(uint8_t *arena, {{Parameters(inputs, outputs)}}, int32_t *patches);

                """);
        }

        writer.Text(
            $$"""
            #ifdef __cplusplus
            }
            #endif

            #endif
            """);
        return writer.ToString();
    }

    private static string StackRemark(CProgram program) => program.StackScratchBytes == 0
        ? ""
        : FormattableString.Invariant($": {program.StackScratchBytes} of scratch, for which the arena's budget has no room, and calls");

    private static void Patches(IndentedWriter writer, string macro, CTiles stage) => writer.Text(
        $$"""
        /* The first layers run patch by patch. Branches are ways to compute a patch, which differ in bit widths. */
        #define {{macro}}_PATCH_ROWS {{stage.Grid.Rows}}
        #define {{macro}}_PATCH_COLUMNS {{stage.Grid.Columns}}
        #define {{macro}}_PATCH_BRANCHES {{stage.Branches.Length}}

        """);

    /// <summary>Parameters of both functions, after the arena.</summary>
    public static string Parameters(ImmutableArray<CPort> inputs, ImmutableArray<CPort> outputs) => string.Join(
        ", ", inputs.Select(port => "const " + port.Type + " *" + port.Parameter)
            .Concat(outputs.Select(port => port.Type + " *" + port.Parameter)));

    private static void Port(IndentedWriter writer, string macro, CPort port, string role)
    {
        var units = new PortUnits(port.Port);
        string shape = port.Port.Tensor.Shape.Rank == 0
            ? "a single code"
            : string.Join(" x ", port.Port.Tensor.Shape.Select(size => size.ToString(CultureInfo.InvariantCulture))) + " codes";
        string remark = units.PerChannel ? ", of the first channel" : "";
        writer.Text(
            $$"""
            /* Of the {{role}}, {{shape}}, the last axis fastest: real = scale * (code - zero){{remark}}. */
            #define {{macro}}_{{port.Macro}}_BYTES {{port.Port.Tensor.Elements}}
            #define {{macro}}_{{port.Macro}}_SCALE {{CPort.Float(units.Scale[0])}}
            #define {{macro}}_{{port.Macro}}_ZERO {{CPort.Float(units.Zero[0])}}

            """);
    }
}
