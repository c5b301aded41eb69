using System;
using System.Collections.Generic;
using System.Linq;
using Microsoft.CodeAnalysis;
using Microsoft.CodeAnalysis.Diagnostics;
using QuantMcu.Compiler.Diagnostics;
using QuantMcu.Compiler.Emit.Nano;
using QuantMcu.Compiler.Lowering.Nano;
using Diagnostic = QuantMcu.Compiler.Diagnostics.Diagnostic;

namespace QuantMcu.Generators.Request;

/// <summary>Who runs networks on .NET nanoFramework.</summary>
internal enum NanoChoice
{
    /// <summary>The firmware where it has the model, else managed code.</summary>
    Auto,

    /// <summary>Managed code.</summary>
    Managed,

    /// <summary>The firmware.</summary>
    Native,
}

/// <summary>A project for .NET nanoFramework, or one that asked for its code.</summary>
/// <param name="Choice">Who runs networks.</param>
/// <param name="Weights">Where managed code finds weights.</param>
/// <param name="HasNativeModel">The project refers to QuantMcu.Nano.</param>
/// <param name="FirmwareFolder">Where the build writes the firmware's part, or empty.</param>
/// <param name="Mistakes">Properties that cannot be read.</param>
internal sealed record NanoProject(
    NanoChoice Choice, NanoWeights Weights, bool HasNativeModel, string FirmwareFolder, EquatableArray<Diagnostic> Mistakes)
{
    /// <summary>A type that only the core library of nanoFramework has.</summary>
    private const string TypeOfCoreLibrary = "System.Reflection.AssemblyNativeVersionAttribute";

    private const string NativeModel = "QuantMcu.Nano.NativeModel";

    /// <summary>Null where the project is for .NET and did not ask for code of nanoFramework by QuantMcuBackend.</summary>
    public static NanoProject? Read(Compilation compilation, AnalyzerConfigOptions options)
    {
        var mistakes = new List<Diagnostic>();
        var choice = Choose(options, "QuantMcuBackend", NanoChoice.Auto, mistakes);
        var weights = Choose(options, "QuantMcuWeights", NanoWeights.Assembly, mistakes);
        bool isNano = choice != NanoChoice.Auto || IsNano(options) || compilation.GetTypeByMetadataName(TypeOfCoreLibrary) is not null;
        return !isNano && mistakes.Count == 0 ? null : new NanoProject(
            choice, weights, compilation.GetTypeByMetadataName(NativeModel) is not null, BuildSettings.Property(options, "QuantMcuFirmwareDirectory") ?? "",
            mistakes.ToEquatableArray());
    }

    /// <summary>What a class can do, as far as the project says.</summary>
    public NanoBackend Backend => new(
        Native: Choice != NanoChoice.Managed && HasNativeModel, Managed: Choice != NanoChoice.Native, Weights, FirmwareFolder);

    /// <summary>QMCU5104 and QMCU5106.</summary>
    public IEnumerable<Diagnostic> FindErrors(string name) => Choice == NanoChoice.Native && !HasNativeModel
        ? Mistakes.Append(Diagnostic.Create(NanoRules.NoNativeInterface, name))
        : Mistakes;

    private static bool IsNano(AnalyzerConfigOptions options) =>
        (BuildSettings.Property(options, "TargetFramework") ?? "").StartsWith("netnano", StringComparison.OrdinalIgnoreCase)
        || (BuildSettings.Property(options, "TargetFrameworkIdentifier") ?? "").IndexOf("nanoFramework", StringComparison.OrdinalIgnoreCase) >= 0;

    private static T Choose<T>(AnalyzerConfigOptions options, string property, T absent, List<Diagnostic> mistakes)
        where T : struct, Enum
    {
        if (BuildSettings.Property(options, property) is not { } text)
            return absent;

        if (Enum.TryParse(text, ignoreCase: true, out T value) && Enum.IsDefined(typeof(T), value))
            return value;

        mistakes.Add(Diagnostic.Create(NanoRules.UnknownBackend, property, text, string.Join(", ", Enum.GetNames(typeof(T)))));
        return absent;
    }
}
