using System.Text;

namespace QuantMcu.Compiler.Diagnostics;

/// <summary>Text from a model, made safe to print: names are untrusted, so control characters and length are tamed.</summary>
public static class Printable
{
    private const int Longest = 300;

    /// <summary>The text with control characters and surrogates replaced by '?', cut off after <paramref name="longest"/> characters.</summary>
    public static string Text(string text, int longest = Longest)
    {
        var safe = new StringBuilder(System.Math.Min(text.Length, longest));
        foreach (char c in text)
        {
            if (safe.Length == longest)
            {
                safe.Append("...");
                break;
            }

            safe.Append(char.IsControl(c) || char.IsSurrogate(c) ? '?' : c);
        }

        return safe.ToString();
    }
}
