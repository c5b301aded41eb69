using QuantMcu.Compiler.Diagnostics;

namespace QuantMcu.Generators.Generation;

/// <summary>The engine's answer to a request.</summary>
/// <param name="Sources">What is added to the class, or null where there are errors.</param>
/// <param name="Findings">Errors, warnings, and the line that sums up what was compiled.</param>
internal sealed record CompiledClass(ClassSources? Sources, EquatableArray<Diagnostic> Findings);

/// <summary>C# source of both phases.</summary>
/// <param name="Api">The public surface.</param>
/// <param name="Kernels">Everything else.</param>
internal sealed record ClassSources(string Api, string Kernels)
{
    /// <summary>The network as C, and its entry in the registry of a firmware; none where no project asked.</summary>
    public EquatableArray<NativeFile> Native { get; init; }

    /// <summary>Bytes of array data of managed code for nanoFramework.</summary>
    public int NanoArrayBytes { get; init; }

    /// <summary>The most bytes of IL that it makes; 0 where there is none.</summary>
    public int NanoIlBytes { get; init; }

    /// <summary>Weights that managed code for nanoFramework reads from a binary resource, in base 64; empty where they are in the sources.</summary>
    public string NanoWeights { get; init; } = "";
}

/// <summary>A file of C.</summary>
internal sealed record NativeFile(string Name, string Text);
