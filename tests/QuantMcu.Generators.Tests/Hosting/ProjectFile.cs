using System;
using System.Threading;
using Microsoft.CodeAnalysis;
using Microsoft.CodeAnalysis.Text;

namespace QuantMcu.Generators.Tests.Hosting;

/// <summary>An AdditionalFile as the compiler hands it over: binary, so that asking for its text is a mistake (CS2015).</summary>
internal sealed class ProjectFile(string path) : AdditionalText
{
    public override string Path { get; } = path;

    public override SourceText GetText(CancellationToken cancellation = default) =>
        throw new InvalidOperationException("A binary file has no text.");
}
