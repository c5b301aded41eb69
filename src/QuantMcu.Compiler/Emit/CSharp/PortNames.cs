using System.Collections.Generic;
using System.Collections.Immutable;
using System.Linq;
using System.Text;

namespace QuantMcu.Compiler.Emit.CSharp;

/// <summary>Identifiers from the names in a model: unique, ASCII, and never one that the class has anyway.</summary>
internal sealed class PortNames
{
    private const int Longest = 40;

    /// <summary>Compared without case, so that members and parameters are unique at once.</summary>
    private readonly HashSet<string> taken = new(System.StringComparer.OrdinalIgnoreCase);

    public ImmutableArray<ApiPort> Of(string only, PortHeader[] ports) => ports.Select(port =>
    {
        bool single = ports.Length == 1;
        string name = Unique(single ? only : Identifier(port.Name, only));
        return new ApiPort(name, Parameter(name), single ? "" : name, port.Shape, port.Signed);
    }).ToImmutableArray();

    private string Unique(string name)
    {
        string unique = name;
        for (int i = 2; !taken.Add(unique); i++)
            unique = name + "_" + i.ToString(System.Globalization.CultureInfo.InvariantCulture);

        return unique;
    }

    /// <summary><c>serving_default/input-1:0</c> becomes <c>ServingDefaultInput10</c>.</summary>
    private static string Identifier(string name, string fallback)
    {
        var identifier = new StringBuilder();
        bool upper = true;
        foreach (char c in name)
        {
            bool letter = c is (>= 'a' and <= 'z') or (>= 'A' and <= 'Z');
            bool digit = c is >= '0' and <= '9';
            if (identifier.Length < Longest && (letter || (digit && identifier.Length > 0)))
                identifier.Append(upper ? char.ToUpperInvariant(c) : c);

            upper = !letter && !digit;
        }

        return identifier.Length == 0 ? fallback : identifier.ToString();
    }

    /// <summary>The suffix keeps names such as <c>in</c> and <c>out</c> apart from keywords.</summary>
    private static string Parameter(string name) =>
        name is "Input" or "Output" ? name.ToLowerInvariant() : char.ToLowerInvariant(name[0]) + name.Substring(1) + "Codes";
}
