using System.Collections.Immutable;
using System.Linq;
using System.Text;
using QuantMcu.Compiler.Emit.CSharp;

namespace QuantMcu.Cli.Emission;

/// <summary>Names of emitted classes.</summary>
internal static class CSharpNames
{
    /// <exception cref="UsageException">A name is not an identifier that starts with a capital or an underscore.</exception>
    public static ClassTarget Target(string @namespace, string name)
    {
        if (@namespace.Length > 0 && !@namespace.Split('.').All(IsIdentifier))
            throw new UsageException("--namespace '" + @namespace + "' is no namespace: its parts start with capital letters.");
        if (!IsIdentifier(name))
            throw new UsageException("'" + name + "' is no class name: it starts with a capital letter. Give one with --class.");

        return new ClassTarget(@namespace, ImmutableArray<string>.Empty, name);
    }

    /// <summary><c>mobilenetv2_w035-r128</c> becomes <c>Mobilenetv2W035R128</c>.</summary>
    public static string PascalCase(string fileName)
    {
        var name = new StringBuilder();
        bool upper = true;
        foreach (char c in fileName)
        {
            if (char.IsAsciiLetterOrDigit(c))
                name.Append(upper ? char.ToUpperInvariant(c) : c);

            upper = !char.IsAsciiLetterOrDigit(c);
        }

        return name.Length > 0 && char.IsAsciiDigit(name[0]) ? "_" + name : name.ToString();
    }

    // Keywords are lower case, so a capital keeps clear of them.
    private static bool IsIdentifier(string name) =>
        name.Length > 0
        && (char.IsAsciiLetterUpper(name[0]) || name[0] == '_')
        && name.All(c => char.IsAsciiLetterOrDigit(c) || c == '_');
}
