using System;
using System.Collections.Generic;
using System.Collections.Immutable;
using System.Globalization;
using System.Linq;
using QuantMcu.Compiler.Diagnostics;
using QuantMcu.Compiler.Patching;

namespace QuantMcu.Compiler.Request;

/// <summary>
/// Reads options as text, which is how the attribute, MSBuild item metadata and the command line all hand them over. A name may
/// be written as in C# (<c>InputShape</c>) or as on a command line (<c>input-shape</c>); lists are separated by commas; numbers
/// are invariant.
/// </summary>
public static class OptionParser
{
    private static readonly ImmutableArray<Option> Known = ImmutableArray.Create(
        new Option("Mean", (text, options) => options with { Mean = text.Reals(positive: false) }),
        new Option("Std", (text, options) => options with { Std = text.Reals(positive: true) }),
        new Option("Precision", (text, options) => options with { Precision = text.Member<Precision>() }),
        new Option("Ram", (text, options) => options with { Ram = text.Bytes() }),
        new Option("Flash", (text, options) => options with { Flash = text.Bytes() }),
        new Option("Target", (text, options) => options with { Target = text.Member<Target>() }),
        new Option("Code", (text, options) => options with { Code = text.Member<Code>() }),
        new Option("Patches", (text, options) => options with { Patches = text.Grid() }),
        new Option("Halo", (text, options) => options with { Halo = text.MemberOrAuto<Halo>() }),
        new Option("Search", (text, options) => options with { Search = text.Member<Search>() }),
        new Option("WeightBits", (text, options) => options with { WeightBits = text.Bits() }),
        new Option("Lambda", (text, options) => options with { Lambda = text.Share() }),
        new Option("Phi", (text, options) => options with { Phi = text.Share() }),
        new Option("Vote", (text, options) => options with { Vote = text.Share() }),
        new Option("Classification", (text, options) => options with { Classification = text.Member<PatchClassification>() }),
        new Option("Classified", (text, options) => options with { Classified = text.Member<ClassifiedTensor>() }),
        new Option("StageOnly", (text, options) => options with { StageOnly = text.Flag() }),
        new Option("MaxDamage", (text, options) => options with { MaxDamage = text.NotNegative() }),
        new Option("InputShape", (text, options) => options with { InputShape = text.Dimensions() }));

    /// <summary>The names of all options as C# writes them, in the order of the documentation.</summary>
    public static ImmutableArray<string> Names { get; } = Known.Select(option => option.Name).ToImmutableArray();

    /// <summary>
    /// Reads <paramref name="options"/>. Where a name occurs twice the later value counts, and the earlier is not looked at; so a
    /// source that takes precedence goes last.
    /// </summary>
    public static ParsedOptions Parse(IEnumerable<KeyValuePair<string, string>> options)
    {
        var texts = new Dictionary<string, OptionText>(StringComparer.Ordinal);
        var errors = ImmutableArray.CreateBuilder<OptionError>();
        foreach (KeyValuePair<string, string> option in options)
        {
            string key = Key(option.Key);
            texts[key] = new OptionText(option.Key, option.Value);
            if (!Known.Any(known => Key(known.Name) == key))
                errors.Add(Error(option.Key, RequestRules.UnknownOption, option.Key, string.Join(", ", Names)));
        }

        CompileOptions parsed = CompileOptions.Default;
        foreach (Option option in Known)
        {
            if (!texts.TryGetValue(Key(option.Name), out OptionText text))
                continue;

            try
            {
                parsed = option.Read(text, parsed);
            }
            catch (ModelException exception)
            {
                errors.Add(new OptionError(text.Name, exception.Diagnostic));
            }
        }

        if (parsed.Mean.Length > 1 && parsed.Std.Length > 1 && parsed.Mean.Length != parsed.Std.Length)
            errors.Add(MismatchedLengths(texts[Key("Std")].Name, parsed));
        foreach (Contradiction contradiction in Contradiction.In(parsed))
            errors.Add(contradiction.Error(name => texts.TryGetValue(Key(name), out OptionText text) ? text.Name : name));

        return new ParsedOptions(parsed, errors.ToImmutable());
    }

    /// <summary>
    /// Every option with a value, by name, in the order of the documentation, as <see cref="Parse"/> reads it; options that are left to the compiler
    /// say <c>auto</c>.
    /// </summary>
    public static ImmutableArray<KeyValuePair<string, string>> Texts(CompileOptions options) => ImmutableArray.CreateRange(
        new (string Name, string? Value)[]
        {
            ("Mean", List(options.Mean)),
            ("Std", List(options.Std)),
            ("Precision", options.Precision.ToString()),
            ("Ram", Number(options.Ram)),
            ("Flash", Number(options.Flash)),
            ("Target", options.Target.ToString()),
            ("Code", options.Code.ToString()),
            ("Patches", options.Patches == PatchGrid.Whole ? "none" : options.Patches?.ToString() ?? "auto"),
            ("Halo", options.Halo?.ToString() ?? "auto"),
            ("Search", options.Search.ToString()),
            ("WeightBits", Number(options.WeightBits)),
            ("Lambda", Number(options.Lambda)),
            ("Phi", Number(options.Phi)),
            ("Vote", Number(options.Vote)),
            ("Classification", options.Classification.ToString()),
            ("Classified", options.Classified.ToString()),
            ("StageOnly", options.StageOnly ? "true" : "false"),
            ("MaxDamage", Number(options.MaxDamage)),
            ("InputShape", options.InputShape is { } shape ? string.Join(",", shape.Select(size => Number(size))) : null),
        }.Where(option => option.Value is not null).Select(option => new KeyValuePair<string, string>(option.Name, option.Value!)));

    private static string? List(ImmutableArray<double> values) => values.IsEmpty ? null : string.Join(",", values.Select(value => Number(value)));

    private static string? Number(double? value) => value?.ToString("R", CultureInfo.InvariantCulture);

    private static string? Number(int? value) => value?.ToString(CultureInfo.InvariantCulture);

    /// <summary>What two spellings of one name have in common: no hyphens, no blanks around, lower case.</summary>
    internal static string Key(string name) => name.Replace("-", "").Trim().ToLowerInvariant();

    private static OptionError MismatchedLengths(string name, CompileOptions options) => Error(
        name,
        RequestRules.OptionOutOfRange,
        name,
        "a list of " + options.Std.Length,
        "as many values as Mean has (" + options.Mean.Length + "), or one");

    private static OptionError Error(string option, DiagnosticRule rule, params object[] arguments) =>
        new(option, Diagnostic.Create(rule, arguments));

    private sealed record Option(string Name, Func<OptionText, CompileOptions, CompileOptions> Read);
}
