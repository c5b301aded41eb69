using System.Text;

namespace QuantMcu.Compiler.Emit.C;

/// <summary>What emitted C is called.</summary>
/// <param name="Name">Prefix of functions and name of the files: a C identifier in lower case.</param>
public sealed record CTarget(string Name)
{
    /// <summary>Prefix of macros.</summary>
    public string Macro => Name.ToUpperInvariant();

    /// <summary><c>mobilenetv2-w035.r128</c> becomes <c>mobilenetv2_w035_r128</c>; a first digit gets an underscore before it.</summary>
    public static string NameOf(string fileName)
    {
        var name = new StringBuilder();
        foreach (char c in fileName)
        {
            bool letter = c is (>= 'a' and <= 'z') or (>= 'A' and <= 'Z');
            name.Append(letter || c is >= '0' and <= '9' ? char.ToLowerInvariant(c) : '_');
        }

        return name.Length > 0 && name[0] is >= '0' and <= '9' ? "_" + name : name.ToString();
    }

    /// <summary><c>KeywordSpotter</c> becomes <c>keyword_spotter</c>, a name without letters of ASCII <c>model</c>.</summary>
    public static CTarget OfClass(string className)
    {
        string name = NameOf(CPort.SnakeCase(className));
        return new CTarget(IsName(name) ? name : "model");
    }

    /// <summary>Whether a name can stand for <see cref="Name"/>.</summary>
    public static bool IsName(string name) => name.Trim('_').Length > 0 && name == NameOf(name);
}
