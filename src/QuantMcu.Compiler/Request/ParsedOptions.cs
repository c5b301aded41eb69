using System.Collections.Immutable;
using QuantMcu.Compiler.Diagnostics;

namespace QuantMcu.Compiler.Request;

/// <summary>What <see cref="OptionParser"/> read.</summary>
/// <param name="Options">Every option that could be read; the others keep their defaults.</param>
/// <param name="Errors">One error for each option that could not; empty where all is well.</param>
public sealed record ParsedOptions(CompileOptions Options, ImmutableArray<OptionError> Errors);

/// <summary>An option that could not be read.</summary>
/// <param name="Option">The option's name as its user wrote it.</param>
/// <param name="Diagnostic">What is wrong and what to give instead.</param>
public sealed record OptionError(string Option, Diagnostic Diagnostic);
