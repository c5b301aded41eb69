using System;
using System.Collections.Generic;
using System.Text;
using System.Xml;

namespace QuantMcu.Compiler.Reports.Html;

/// <summary>
/// Writes HTML that is well-formed XML, too. Text and attributes are escaped here and nowhere else, so that no name out of a model can become
/// markup; characters that XML forbids or that turn the direction of text become '?'.
/// </summary>
internal sealed class HtmlWriter
{
    private readonly StringBuilder html = new();
    private readonly Stack<string> open = new();

    public HtmlWriter Open(string tag, params (string Name, string Value)[] attributes)
    {
        Start(tag, attributes);
        html.Append('>');
        open.Push(tag);
        return this;
    }

    public HtmlWriter Close()
    {
        string tag = open.Pop();
        html.Append("</").Append(tag).Append(tag == "span" ? ">" : ">\n");
        return this;
    }

    public HtmlWriter Text(string text)
    {
        foreach (char c in text)
            Append(c);

        return this;
    }

    /// <summary>An element that holds text only.</summary>
    public HtmlWriter Element(string tag, string text, params (string Name, string Value)[] attributes) =>
        Open(tag, attributes).Text(text).Close();

    /// <summary>An element without content, in the form that HTML and SVG both take.</summary>
    public HtmlWriter Empty(string tag, params (string Name, string Value)[] attributes)
    {
        Start(tag, attributes);
        html.Append(" />\n");
        return this;
    }

    /// <summary>Our own text, as it is: style sheets and scripts. It holds no '&lt;' and no '&amp;'.</summary>
    public HtmlWriter Trusted(string text)
    {
        if (text.IndexOfAny(new[] { '<', '&' }) >= 0)
            throw new ArgumentException("Markup in text that is written as it is.", nameof(text));

        html.Append(text);
        return this;
    }

    /// <exception cref="InvalidOperationException">An element was not closed.</exception>
    public string Finish() => open.Count == 0 ? "<!DOCTYPE html>\n" + html : throw new InvalidOperationException(open.Peek() + " is open.");

    private void Start(string tag, (string Name, string Value)[] attributes)
    {
        html.Append('<').Append(tag);
        foreach (var (name, value) in attributes)
        {
            html.Append(' ').Append(name).Append("=\"");
            Text(value);
            html.Append('"');
        }
    }

    private void Append(char c)
    {
        switch (c)
        {
            case '<':
                html.Append("&lt;");
                break;
            case '>':
                html.Append("&gt;");
                break;
            case '&':
                html.Append("&amp;");
                break;
            case '"':
                html.Append("&quot;");
                break;
            case '\'':
                html.Append("&#39;");
                break;
            default:
                html.Append(IsHarmless(c) ? c : '?');
                break;
        }
    }

    private static bool IsHarmless(char c) =>
        XmlConvert.IsXmlChar(c) && !char.IsControl(c) && c is not (>= '\u202A' and <= '\u202E') and not (>= '\u2066' and <= '\u2069')
            and not '\u200E' and not '\u200F' and not '\u2028' and not '\u2029';
}
