using System.Linq;
using QuantMcu.Compiler.Emit.CSharp;

namespace QuantMcu.Generators.Request;

internal static class ClassTargets
{
    /// <summary>For people, and for names of emitted files: <c>Vision.Outer.Digits</c>, without escapes.</summary>
    public static string FullName(this ClassTarget target)
    {
        string scope = target.Namespace.Length == 0 ? "" : target.Namespace + ".";
        var names = target.ContainingTypes.Select(header => header.Substring(header.LastIndexOf(' ') + 1) + ".");
        string outer = string.Concat(names);
        return (scope + outer + target.Name).Replace("@", "");
    }
}
