using System;
using System.Collections.Immutable;
using System.Globalization;
using System.Linq;
using System.Text;
using QuantMcu.Compiler.Emit.CSharp;
using QuantMcu.Compiler.Lowering.C;
using QuantMcu.Compiler.Lowering.CSharp;

namespace QuantMcu.Compiler.Emit.C;

/// <summary>An input or output with its names in C.</summary>
/// <param name="Port">The port.</param>
/// <param name="Macro">Its part of macros: <c>INPUT</c>, or from the model's name where there are several.</param>
/// <param name="Parameter">Name of its parameter.</param>
internal sealed record CPort(ProgramPort Port, string Macro, string Parameter)
{
    /// <summary>Element type of the caller's array.</summary>
    public string Type => Port.Port.Signed ? "int8_t" : "uint8_t";

    /// <summary>The parameter as bytes, which is what kernels take.</summary>
    public string Bytes(bool isInput) =>
        !Port.Port.Signed ? Parameter : isInput ? "(const uint8_t *)" + Parameter : "(uint8_t *)" + Parameter;

    public static (ImmutableArray<CPort> Inputs, ImmutableArray<CPort> Outputs) Of(CProgram program)
    {
        var api = ClassApi.Of(program.Network, "");
        return (Named(program.Inputs, api.Inputs), Named(program.Outputs, api.Outputs));
    }

    private static ImmutableArray<CPort> Named(ImmutableArray<ProgramPort> ports, ImmutableArray<ApiPort> names) => ports.Select((port, i) =>
    {
        string name = SnakeCase(names[i].Name);
        return new CPort(port, name.ToUpperInvariant(), name is "input" or "output" ? name : name + "_codes");
    }).ToImmutableArray();

    internal static string SnakeCase(string pascal)
    {
        var name = new StringBuilder();
        for (int i = 0; i < pascal.Length; i++)
        {
            bool starts = i > 0 && char.IsUpper(pascal[i]) && !char.IsUpper(pascal[i - 1]) && pascal[i - 1] != '_';
            name.Append(starts ? "_" : "").Append(char.ToLowerInvariant(pascal[i]));
        }

        return name.ToString();
    }

    /// <summary>A double as a C float literal.</summary>
    public static string Float(double value)
    {
        string text = ((float)value).ToString("G9", CultureInfo.InvariantCulture);
        return (text.IndexOfAny(['.', 'E']) < 0 ? text + ".0" : text) + "f";
    }
}
