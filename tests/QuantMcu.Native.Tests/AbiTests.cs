using System;
using System.Collections.Generic;
using System.IO;
using System.Linq;
using System.Reflection;
using System.Reflection.Metadata;
using System.Reflection.PortableExecutable;
using Microsoft.CodeAnalysis;
using Microsoft.CodeAnalysis.CSharp;
using QuantMcu.Compiler.Emit.Interop;
using QuantMcu.Testing;
using Xunit;

namespace QuantMcu.Native.Tests;

/// <summary>
/// QuantMcu.Nano never changes: firmware that was built for it loads no other assembly. A failure here is to be mended in the assembly, not in the test.
/// </summary>
public class AbiTests
{
    /// <summary>As nanoFramework's metadata processor names them: what its checksum is taken over.</summary>
    private static readonly string[] Methods =
    [
        "Find___STATIC__I4__SZARRAY_U1",
        "Run___STATIC__VOID__I4__SZARRAY_U1__SZARRAY_U1",
        "InputBytes___STATIC__I4__I4",
        "OutputBytes___STATIC__I4__I4",
        "ArenaBytes___STATIC__I4__I4",
        "AbiVersion___STATIC__I4",
        "PatchCounts___STATIC__I4__I4__SZARRAY_I4",
    ];

    private static readonly Dictionary<string, string> TypeNames = new()
    {
        ["System.Void"] = "VOID", ["System.Int32"] = "I4", ["System.Byte[]"] = "SZARRAY_U1", ["System.Int32[]"] = "SZARRAY_I4",
    };

    private static string Runtime => Path.Combine(ModelsFolder.Repository, "nano-runtime");

    [Fact]
    public void The_assembly_has_one_class_with_its_methods_in_their_order_and_nothing_else()
    {
        byte[] image = Compile();
        var type = Assert.Single(Assembly.Load(image).GetTypes());
        Assert.Equal("QuantMcu.Nano.NativeModel", type.FullName);
        Assert.True(type is { IsAbstract: true, IsSealed: true, IsPublic: true });
        const BindingFlags All = BindingFlags.Static | BindingFlags.Instance | BindingFlags.Public | BindingFlags.NonPublic | BindingFlags.DeclaredOnly;
        Assert.Equal(Methods, type.GetMembers(All).Cast<MethodInfo>().OrderBy(method => method.MetadataToken).Select(NativeName));
        Assert.All(type.GetMethods(All), method =>
        {
            Assert.Equal(MethodImplAttributes.InternalCall, method.MethodImplementationFlags);
            Assert.True(method.IsPublic);
        });
    }

    [Fact]
    public void The_assembly_says_its_native_version()
    {
        using var image = new PEReader(new MemoryStream(Compile()));
        var metadata = image.GetMetadataReader();
        var attribute = metadata.GetAssemblyDefinition().GetCustomAttributes().Select(metadata.GetCustomAttribute)
            .Single(attribute => attribute.Constructor.Kind == HandleKind.MemberReference
                && metadata.GetString(metadata.GetTypeReference((TypeReferenceHandle)metadata.GetMemberReference(
                    (MemberReferenceHandle)attribute.Constructor).Parent).Name) == "AssemblyNativeVersionAttribute");
        var value = metadata.GetBlobReader(attribute.Value);
        value.ReadUInt16();
        Assert.Equal(Recorded().Version.Replace(", ", "."), value.ReadSerializedString());
    }

    [Fact]
    public void The_native_table_has_the_methods_of_the_assembly_in_its_order_and_the_checksum_of_the_metadata_processor()
    {
        var recorded = Recorded();
        Assert.Equal(Methods.Select(method => "Library_QuantMcu_Nano_QuantMcu_Nano_NativeModel::" + method), recorded.Methods);
        Assert.Equal("0x30F8551D", recorded.Checksum);
    }

    /// <summary>The build of the firmware looks for the checksum at the first 0 behind the brace.</summary>
    [Fact]
    public void No_digit_0_stands_between_the_brace_of_the_table_and_the_checksum()
    {
        string source = File.ReadAllText(Path.Combine(Runtime, "native", "nanoframework", InteropStubs.FileName));
        string data = source.Substring(source.IndexOf("g_CLR_AssemblyNative_QuantMcu_Nano =", StringComparison.Ordinal));
        string before = data.Substring(data.IndexOf('{'), data.IndexOf("0x", StringComparison.Ordinal) - data.IndexOf('{'));
        Assert.DoesNotContain('0', before);
        Assert.DoesNotContain('0', "QuantMcu.Nano");
    }

    private static InteropStubs Recorded() =>
        InteropStubs.Parse(File.ReadAllText(Path.Combine(Runtime, "native", "nanoframework", InteropStubs.FileName)));

    private static string NativeName(MethodInfo method) => method.Name + (method.IsStatic ? "___STATIC__" : "___")
        + string.Join("__", method.GetParameters().Select(parameter => parameter.ParameterType).Prepend(method.ReturnType).Select(type => TypeNames[type.FullName!]));

    /// <summary>The sources as its project compiles them, with the one attribute that .NET lacks in an assembly beside it.</summary>
    private static byte[] Compile()
    {
        string folder = Path.Combine(Runtime, "managed");
        Assert.Contains("<LangVersion>9.0</LangVersion>", File.ReadAllText(Path.Combine(folder, "QuantMcu.Nano.nfproj")));
        var references = new[] { typeof(object), typeof(Attribute) }.Select(type => type.Assembly.Location)
            .Append(Path.Combine(Path.GetDirectoryName(typeof(object).Assembly.Location)!, "System.Runtime.dll")).Distinct()
            .Select(path => (MetadataReference)MetadataReference.CreateFromFile(path)).ToArray();
        const string Attribute = """
            namespace System.Reflection
            {
                public sealed class AssemblyNativeVersionAttribute : Attribute
                {
                    public AssemblyNativeVersionAttribute(string version) { }
                }
            }
            """;
        var core = MetadataReference.CreateFromImage(Emit("CoreAdditions", [Attribute], references));
        string[] files = [Path.Combine(folder, "NativeModel.cs"), Path.Combine(folder, "Properties", "AssemblyInfo.cs")];
        return Emit("QuantMcu.Nano", files.Select(File.ReadAllText), [.. references, core]);
    }

    private static byte[] Emit(string name, IEnumerable<string> sources, IEnumerable<MetadataReference> references)
    {
        var trees = sources.Select(source => CSharpSyntaxTree.ParseText(source, new CSharpParseOptions(LanguageVersion.CSharp9)));
        var options = new CSharpCompilationOptions(OutputKind.DynamicallyLinkedLibrary, generalDiagnosticOption: ReportDiagnostic.Error);
        using var stream = new MemoryStream();
        var result = CSharpCompilation.Create(name, trees, references, options).Emit(stream);
        Assert.True(result.Success, string.Join("\n", result.Diagnostics));
        return stream.ToArray();
    }
}
