using System;
using System.Globalization;
using System.Text;

namespace QuantMcu.Compiler.Emit.CSharp;

/// <summary>Writes C# with indentation, LF line ends, and invariant numbers.</summary>
internal sealed class IndentedWriter
{
    private readonly StringBuilder text = new();
    private int depth;

    /// <summary>Writes an empty line.</summary>
    public void Line() => text.Append('\n');

    /// <summary>Writes one or more lines at the current depth; values are formatted without culture.</summary>
    public void Text(FormattableString lines) => Raw(lines.ToString(CultureInfo.InvariantCulture));

    /// <summary>Writes one or more lines at the current depth.</summary>
    public void Raw(string lines)
    {
        foreach (string line in lines.Split('\n'))
        {
            string trimmed = line.TrimEnd();
            if (trimmed.Length > 0)
                text.Append(' ', 4 * depth).Append(trimmed);

            text.Append('\n');
        }
    }

    /// <summary>Writes a header and braces; what is written until disposal stands between them.</summary>
    public IDisposable Block(FormattableString header)
    {
        Text(header);
        return Braces();
    }

    /// <summary>Writes braces; what is written until disposal stands between them.</summary>
    public IDisposable Braces()
    {
        Raw("{");
        depth++;
        return new Scope(this);
    }

    public override string ToString() => text.ToString();

    private sealed class Scope(IndentedWriter writer) : IDisposable
    {
        public void Dispose()
        {
            writer.depth--;
            writer.Raw("}");
        }
    }
}
