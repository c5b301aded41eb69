using System.Collections.Generic;
using System.CommandLine;
using System.Linq;
using QuantMcu.Compiler.Request;

namespace QuantMcu.Cli.Commands;

/// <summary>
/// The options that the attribute and MSBuild know by the same names. Only their spelling lives here: <see cref="OptionParser"/>
/// reads the values.
/// </summary>
internal sealed class CompileOptionSet
{
    private const string StageOnly = "--stage-only";

    private static readonly (string Name, string HelpName, string Description)[] All =
    [
        ("--mean", "a[,b,c]", "Mean of the raw input, one value or one per channel: the network sees (raw - mean) / std."),
        ("--std", "a[,b,c]", "Standard deviation of the raw input, one value or one per channel."),
        ("--precision", "int8|mixed", "Bit widths that the compiler may use."),
        ("--ram", "BYTES", "Budget for the arena."),
        ("--flash", "BYTES", "Budget for the weights."),
        ("--target", "T", "Processor that the code is meant for, such as Generic or CortexM4."),
        ("--code", "speed|size", "What emitted C saves: instructions or flash."),
        ("--patches", "auto|none|RxC", "Patch-based inference: rows x columns of patches; none: layer by layer."),
        ("--halo", "auto|recompute|cache", "What happens to the pixels that neighbouring patches share."),
        ("--search", "entropy|output", "How bit widths are chosen with --precision mixed."),
        ("--weight-bits", "8|4|2", "Fewest bits that weights may have with --precision mixed."),
        ("--lambda", "L", "VDQS: weight of accuracy against computation, 0 to 1."),
        ("--phi", "P", "VDPC: central mass outside which a value is an outlier, 0 to 1."),
        ("--vote", "V", "VDPC: share of samples that make an outlier patch, 0 to 1."),
        ("--classification", "static|dynamic", "VDPC: whether patches are examined at compile time or at run time."),
        ("--classified", "input|first-feature-map", "VDPC: the tensor that is examined."),
        (StageOnly, "true|false", "Search bit widths in the patch stage only; alone it means true."),
        ("--max-damage", "D", "Search by output: most damage to the output that bit widths may do."),
        ("--input-shape", "a,b,...", "Pins the model's input shape where it leaves dimensions open."),
    ];

    private readonly List<Option<string>> options = [];

    /// <summary>Adds the options to a command: all of them, or those of the given names.</summary>
    public CompileOptionSet(Command command, params string[] names)
    {
        foreach (var (name, helpName, description) in All)
        {
            if (names.Length > 0 && !names.Contains(name))
                continue;

            var option = new Option<string>(name) { HelpName = helpName, Description = description };
            if (name == StageOnly)
                option.Arity = ArgumentArity.ZeroOrOne;

            options.Add(option);
            command.Add(option);
        }
    }

    /// <exception cref="UsageException">A value cannot be read or is out of range.</exception>
    public CompileOptions Read(ParseResult parsed)
    {
        var given = from option in options
                    let value = parsed.GetValue(option) ?? (parsed.GetResult(option) is null ? null : "true")
                    where value is not null
                    select KeyValuePair.Create(option.Name, value);
        var read = OptionParser.Parse(given);
        return read.Errors.IsEmpty
            ? read.Options
            : throw new UsageException(string.Join("; ", read.Errors.Select(error => error.Diagnostic.ToString())));
    }
}
