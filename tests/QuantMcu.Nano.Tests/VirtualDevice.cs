using System;
using System.Collections.Generic;
using System.IO;
using System.Linq;
using System.Text;
using Microsoft.CodeAnalysis;
using Microsoft.CodeAnalysis.CSharp;
using QuantMcu.Testing;
using QuantMcu.Testing.Native;
using Xunit;

namespace QuantMcu.Nano.Tests;

/// <summary>nanoFramework's own runtime for this machine, its core library and its metadata processor, where the environment names them.</summary>
internal static class VirtualDevice
{
    /// <summary>Command of the runtime, to which names of .pe files are added: <c>nanoclr run --assemblies</c>, or the test program of the runtime for Linux.</summary>
    private const string Runtime = "QUANTMCU_NANOCLR";

    /// <summary>Folder with <c>mscorlib.dll</c> and <c>mscorlib.pe</c>.</summary>
    private const string CoreLibrary = "QUANTMCU_NANO_CORELIB";

    /// <summary>Command of the metadata processor, which makes .pe files.</summary>
    private const string MetadataProcessor = "QUANTMCU_NANO_MDP";

    /// <summary>Why nothing can run on it, or null.</summary>
    public static string? Missing
    {
        get
        {
            string[] missing = new[] { Runtime, CoreLibrary, MetadataProcessor }.Where(name => Value(name).Length == 0).ToArray();
            return missing.Length == 0 ? null : "needs a virtual device of nanoFramework: set " + string.Join(", ", missing);
        }
    }

    /// <summary>Compiles an application against the device's core library and runs it.</summary>
    /// <param name="sources">C# 9 with an entry point.</param>
    /// <returns>What the device printed; <c>Debug.WriteLine</c> prints.</returns>
    public static string Run(IEnumerable<string> sources)
    {
        using var folder = new TemporaryDirectory();
        string library = Path.Combine(Value(CoreLibrary), "mscorlib.dll");
        folder.Write("App.exe", Compile(sources, library));
        Command(folder, MetadataProcessor, "-loadhints", "mscorlib", library, "-parse", "App.exe", "-compile", "App.pe", "false");
        return Command(folder, Runtime, Path.Combine(Value(CoreLibrary), "mscorlib.pe"), "App.pe");
    }

    private static byte[] Compile(IEnumerable<string> sources, string library)
    {
        var options = new CSharpParseOptions(LanguageVersion.CSharp9, preprocessorSymbols: ["DEBUG"]);
        var compilation = CSharpCompilation.Create(
            "App", sources.Select(source => CSharpSyntaxTree.ParseText(source, options)), [MetadataReference.CreateFromFile(library)],
            new CSharpCompilationOptions(OutputKind.ConsoleApplication, optimizationLevel: OptimizationLevel.Release));
        using var stream = new MemoryStream();
        var result = compilation.Emit(stream);
        Assert.True(result.Success, string.Join("\n", result.Diagnostics));
        return stream.ToArray();
    }

    private static string Command(TemporaryDirectory folder, string variable, params string[] arguments)
    {
        string[] words = Value(variable).Split(' ', StringSplitOptions.RemoveEmptyEntries);
        return Encoding.UTF8.GetString(Toolchain.Run(folder.FullName, [], words[0], [.. words.Skip(1), .. arguments]));
    }

    private static string Value(string name) => Environment.GetEnvironmentVariable(name) ?? "";
}

/// <summary>A test that needs the virtual device, skipped with that reason where it is missing.</summary>
public sealed class VirtualDeviceFactAttribute : FactAttribute
{
    public VirtualDeviceFactAttribute() => Skip = VirtualDevice.Missing!;
}
