using System.Collections.Generic;
using System.Collections.Immutable;
using System.Globalization;
using System.Linq;
using QuantMcu.Compiler.Emit.C;
using QuantMcu.Compiler.Emit.CSharp;
using QuantMcu.Compiler.Lowering.CSharp;

namespace QuantMcu.Compiler.Emit.Interop;

/// <summary>Prints the entry of a model in the registry of a firmware: its hash, its sizes and a function that splits the arrays of C# into ports.</summary>
internal static class InteropEntryPrinter
{
    private const int HashDigitsInLine = 32;

    public static string Print(InteropModel model)
    {
        string name = model.Target.Name;
        var (inputs, outputs) = CPort.Of(model.Program);
        bool counts = model.Program.Stage is not null;
        var arguments = Arguments(inputs, "const ", "input").Concat(Arguments(outputs, "", "output")).Concat(counts ? ["patches"] : []);
        string branches = model.Target.Macro + "_PATCH_BRANCHES";
        var writer = new IndentedWriter();
        writer.Raw(CHeaderPrinter.Notice);
        writer.Text(
            $$"""
            #include "../qmcu_models.h"

            #include "{{name}}.h"

            {{(counts ? "static int32_t patches[" + branches + "];\n\n" : "")}}static void run(uint8_t *arena, const uint8_t *input, uint8_t *output)
            {
                {{name}}_run_{{(counts ? "counted" : "in")}}(arena, {{string.Join(", ", arguments)}});
            }

            const qmcu_model qmcu_model_{{name}} = {
                {
                    {{string.Join("\n        ", HashLines(model.ContentHash))}}
                },
                {{Bytes(inputs)}}, {{Bytes(outputs)}}, {{model.Target.Macro}}_ARENA_BYTES, run, {{(counts ? "patches, " + branches : "0, 0")}}
            };
            """);
        return writer.ToString();
    }

    /// <summary>Bytes of all ports, one after another, which is what C# hands over.</summary>
    private static int Bytes(ImmutableArray<CPort> ports) => ports.Sum(port => port.Port.Tensor.Elements);

    private static IEnumerable<string> Arguments(ImmutableArray<CPort> ports, string qualifier, string array)
    {
        int offset = 0;
        foreach (var port in ports)
        {
            string start = offset == 0 ? array : array + " + " + offset.ToString(CultureInfo.InvariantCulture);
            yield return !port.Port.Port.Signed ? start
                : "(" + qualifier + port.Type + " *)" + (offset == 0 ? start : "(" + start + ")");
            offset += port.Port.Tensor.Elements;
        }
    }

    private static IEnumerable<string> HashLines(string hash)
    {
        for (int i = 0; i < hash.Length; i += HashDigitsInLine)
        {
            string digits = hash.Substring(i, HashDigitsInLine);
            yield return string.Join(" ", Enumerable.Range(0, HashDigitsInLine / 2).Select(j => "0x" + digits.Substring(2 * j, 2) + ","));
        }
    }
}
