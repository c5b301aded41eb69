using System;
using System.Collections.Immutable;
using System.Globalization;
using System.Linq;

namespace QuantMcu.Compiler.Diagnostics;

/// <summary>One finding about one model: a rule and the words that fill it.</summary>
public sealed class Diagnostic : IEquatable<Diagnostic>
{
    private Diagnostic(DiagnosticRule rule, ImmutableArray<string> arguments)
    {
        Rule = rule;
        Arguments = arguments;
    }

    public DiagnosticRule Rule { get; }

    /// <summary>The words, already safe to print: names in a model are untrusted, so control characters and length are tamed.</summary>
    public ImmutableArray<string> Arguments { get; }

    public string Id => Rule.Id;

    public string Message => string.Format(CultureInfo.InvariantCulture, Rule.MessageFormat, Arguments.Cast<object>().ToArray());

    public static Diagnostic Create(DiagnosticRule rule, params object[] arguments) =>
        new(rule, arguments.Select(PrintableText).ToImmutableArray());

    public bool Equals(Diagnostic? other) => other is not null && Rule == other.Rule && Arguments.SequenceEqual(other.Arguments);

    public override bool Equals(object? obj) => Equals(obj as Diagnostic);

    public override int GetHashCode() => StringComparer.Ordinal.GetHashCode(Message);

    /// <summary><c>QMCU2003: message</c>, the form that every tool prints.</summary>
    public override string ToString() => Id + ": " + Message;

    private static string PrintableText(object argument) => Printable.Text(Convert.ToString(argument, CultureInfo.InvariantCulture) ?? "");
}
