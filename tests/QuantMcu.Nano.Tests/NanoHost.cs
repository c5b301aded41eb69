using System;
using System.Collections.Generic;
using System.IO;
using System.Linq;
using System.Reflection;
using System.Runtime.Loader;
using Microsoft.CodeAnalysis;
using Microsoft.CodeAnalysis.CSharp;
using QuantMcu.Compiler.Emit.CSharp;
using QuantMcu.Compiler.Emit.Nano;
using QuantMcu.Compiler.Lowering.Nano;
using QuantMcu.Compiler.Quantization;

namespace QuantMcu.Nano.Tests;

/// <summary>Compiles emissions for .NET nanoFramework: against our minimal core library, and against .NET to run them.</summary>
public static class NanoHost
{
    public static readonly NanoBackend Managed = new(Native: false, Managed: true, NanoWeights.Assembly, "");

    public static readonly CSharpParseOptions ParseOptions = new(LanguageVersion.CSharp9, DocumentationMode.Diagnose);

    private static readonly Lazy<MetadataReference> CoreLibrary = new(() => Reference(Compile("mscorlib", [Resource("System.cs")], [])));

    private static readonly Lazy<MetadataReference> NativeModel =
        new(() => Reference(Compile("QuantMcu.Nano", [Resource("QuantMcu.Nano.cs")], [CoreLibrary.Value])));

    private static readonly Lazy<MetadataReference> ApplicationLibrary =
        new(() => Reference(Compile("mscorlib", [Resource("System.cs"), Resource("Application.cs")], [])));

    private static readonly Lazy<MetadataReference> ResourceManager =
        new(() => Reference(Compile("nanoFramework.ResourceManager", [Resource("ResourceManager.cs")], [ApplicationLibrary.Value])));

    private static readonly Lazy<MetadataReference> NativeModelOfApplication =
        new(() => Reference(Compile("QuantMcu.Nano", [Resource("QuantMcu.Nano.cs")], [ApplicationLibrary.Value])));

    /// <summary>What a nanoFramework project refers to.</summary>
    public static IReadOnlyList<MetadataReference> DeviceReferences => [CoreLibrary.Value, NativeModel.Value];

    /// <summary>Assemblies that the projects of the samples refer to, by their names, with what programs use of the core library.</summary>
    public static MetadataReference ReferenceOf(string assembly) => assembly switch
    {
        "mscorlib" => ApplicationLibrary.Value,
        "nanoFramework.ResourceManager" => ResourceManager.Value,
        "QuantMcu.Nano" => NativeModelOfApplication.Value,
        _ => throw new ArgumentException("No assembly " + assembly, nameof(assembly)),
    };

    /// <summary>What a project for .NET refers to.</summary>
    public static readonly IReadOnlyList<MetadataReference> HostReferences =
        ((string)AppContext.GetData("TRUSTED_PLATFORM_ASSEMBLIES")!).Split(Path.PathSeparator)
        .Where(path => Path.GetFileName(path).StartsWith("System.", StringComparison.Ordinal))
        .Select(path => (MetadataReference)MetadataReference.CreateFromFile(path)).ToArray();

    /// <summary>Sources of a network's class, <c>Networks.Network</c> and a number.</summary>
    public static NanoClassSources Sources(QuantizedNetwork network, int number, NanoBackend? backend = null, string? contentHash = null)
    {
        backend ??= Managed;
        var program = NanoLowering.Lower(network, backend.Weights, default);
        var target = new ClassTarget("Networks", [], "Network" + number);
        var api = ClassApi.Of(network, contentHash ?? string.Concat(Enumerable.Repeat("0123456789abcdef", 4)));
        var kernels = NanoPrinter.Print(target, api, backend, program);
        string shell = "namespace Networks { /// <summary>A test.</summary>\npublic static partial class " + target.Name + " { } }";
        return new NanoClassSources(program, kernels, [shell, NanoApiPrinter.Print(target, api, backend), kernels.Text]);
    }

    /// <summary>An assembly for the device; every warning is an error.</summary>
    public static byte[] CompileForDevice(IEnumerable<string> sources) => Compile("Device", sources, DeviceReferences);

    /// <summary>The same sources on .NET, with an assembly in place of QuantMcu.Nano where they use that.</summary>
    public static Assembly LoadOnHost(IEnumerable<string> sources, byte[]? nativeModel = null)
    {
        var references = nativeModel is null ? HostReferences : [.. HostReferences, Reference(nativeModel)];
        var context = new AssemblyLoadContext(null);
        if (nativeModel is not null)
            context.LoadFromStream(new MemoryStream(nativeModel));

        return context.LoadFromStream(new MemoryStream(Compile("Host", sources, references)));
    }

    /// <summary>A stand-in for QuantMcu.Nano on .NET.</summary>
    public static byte[] CompileNativeModel(string source) => CompileForHost("QuantMcu.Nano", source);

    /// <summary>A stand-in for an assembly of the device on .NET.</summary>
    public static byte[] CompileForHost(string name, string source) => Compile(name, [source], HostReferences);

    public static byte[] Compile(string name, IEnumerable<string> sources, IEnumerable<MetadataReference> references, bool allowUnsafe = false)
    {
        var trees = sources.Select((source, i) => CSharpSyntaxTree.ParseText(source, ParseOptions, "source" + i + ".cs"));
        var options = new CSharpCompilationOptions(
            OutputKind.DynamicallyLinkedLibrary, optimizationLevel: OptimizationLevel.Release, allowUnsafe: allowUnsafe, warningLevel: 9999);
        var compilation = CSharpCompilation.Create(name, trees, references, options);
        using var stream = new MemoryStream();
        var result = compilation.Emit(stream);
        var complaints = result.Diagnostics.Where(diagnostic => diagnostic.Severity >= DiagnosticSeverity.Warning && !IsOfLibrary(diagnostic, name))
            .Take(10).ToArray();
        if (!result.Success || complaints.Length > 0)
            throw new InvalidOperationException(Describe(complaints));

        return stream.ToArray();
    }

    private static string Describe(Diagnostic[] complaints)
    {
        var tree = complaints.FirstOrDefault()?.Location.SourceTree;
        return string.Join("\n", complaints.Select(complaint => complaint.ToString())) + "\n\n" + tree;
    }

    /// <summary>A core library has no other to take its own types from; its members need no comments.</summary>
    private static bool IsOfLibrary(Diagnostic diagnostic, string name) =>
        name != "Device" && name != "Host" && diagnostic.Severity == DiagnosticSeverity.Warning;

    private static string Resource(string name)
    {
        using var reader = new StreamReader(typeof(NanoHost).Assembly.GetManifestResourceStream(name)!);
        return reader.ReadToEnd();
    }

    private static MetadataReference Reference(byte[] image) => MetadataReference.CreateFromImage(image);
}

/// <summary>Sources of a class for nanoFramework.</summary>
public sealed record NanoClassSources(NanoProgram Program, NanoSource Kernels, string[] Files);

/// <summary>An emitted class on .NET.</summary>
public sealed class NanoHosted(Assembly assembly, QuantizedNetwork network, int number)
{
    private readonly Type type = assembly.GetType("Networks.Network" + number, true)!;

    public Type Type => type;

    /// <summary>Runs on unsigned codes; those of signed ports are shifted on the way in and out.</summary>
    public byte[][] Run(IReadOnlyList<byte[]> inputs) => Run(inputs, null);

    /// <param name="inputs">Unsigned codes.</param>
    /// <param name="patches">Receives the counts of branches, or null.</param>
    public byte[][] Run(IReadOnlyList<byte[]> inputs, int[]? patches)
    {
        byte[] input = [.. inputs.SelectMany((codes, i) => Shifted(codes, network.Inputs[i].Signed))];
        byte[] output = new byte[network.Outputs.Sum(port => network.Tensor(port.Tensor).Elements)];
        object[] arguments = patches is null ? [input, output] : [input, output, patches];
        type.GetMethod("Run", arguments.Select(argument => argument.GetType()).ToArray())!.Invoke(null, arguments);
        var results = new List<byte[]>();
        int start = 0;
        foreach (var port in network.Outputs)
        {
            int length = network.Tensor(port.Tensor).Elements;
            results.Add(Shifted(output[start..(start + length)], port.Signed));
            start += length;
        }

        return [.. results];
    }

    private static byte[] Shifted(byte[] codes, bool signed) => signed ? Array.ConvertAll(codes, code => (byte)(code ^ 0x80)) : codes;
}
