using System;
using System.Collections.Generic;
using System.Collections.Immutable;
using System.Linq;
using QuantMcu.Compiler.Emit.C;
using QuantMcu.Compiler.Emit.CSharp;

namespace QuantMcu.Compiler.Emit.Interop;

/// <summary>The list of the models of a firmware: a header that both C and this compiler read.</summary>
public static class InteropRegistry
{
    /// <summary>Name of the header.</summary>
    public const string FileName = "qmcu_registry.h";

    private const string Entry = "MODEL(";

    /// <param name="names">Names of the models; their order is that of their handles.</param>
    public static string Print(IEnumerable<string> names)
    {
        string[] models = names.ToArray();
        var writer = new IndentedWriter();
        writer.Raw("/* The models of this firmware, each in a folder of its name. Compiling a model again replaces it; without its folder it is taken out. */");
        writer.Raw("#ifndef QMCU_REGISTRY_H\n#define QMCU_REGISTRY_H\n");
        foreach (string name in models)
            writer.Raw("#include \"" + name + "/" + name + ".h\"");

        writer.Raw("\n#define QMCU_MODELS(MODEL) \\");
        writer.Raw(string.Join(" \\\n", models.Select(name => "    " + Entry + name + ", " + new CTarget(name).Macro + ")")));
        writer.Raw("\n#endif");
        return writer.ToString();
    }

    /// <summary>Names of the models that a header lists.</summary>
    /// <exception cref="FormatException">A line of it is not as it was printed.</exception>
    public static ImmutableArray<string> Parse(string text)
    {
        var names = text.Replace("\r", "").Split('\n').Select(line => line.TrimEnd('\\').Trim())
            .Where(line => line.StartsWith(Entry, StringComparison.Ordinal))
            .Select(line => line.Substring(Entry.Length).Split(',')[0]).ToImmutableArray();
        return names.FirstOrDefault(name => !CTarget.IsName(name)) is { } wrong
            ? throw new FormatException("'" + wrong + "' is no name of a model.")
            : names;
    }
}
