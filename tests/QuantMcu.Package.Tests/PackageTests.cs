using System;
using System.IO;
using System.IO.Compression;
using System.Linq;
using System.Reflection.Metadata;
using System.Reflection.PortableExecutable;
using System.Threading.Tasks;
using QuantMcu.Testing;
using Xunit;

namespace QuantMcu.Package.Tests;

public class PackageTests(PackageFixture package) : IClassFixture<PackageFixture>
{
    /// <summary>Assemblies that every host of the C# compiler has.</summary>
    private static readonly string[] OfTheHost =
    [
        "Microsoft.CodeAnalysis", "Microsoft.CodeAnalysis.CSharp", "Microsoft.CodeAnalysis.Workspaces", "System.Buffers",
        "System.Collections.Immutable", "System.Composition.AttributedModel", "System.Memory", "System.Numerics.Vectors",
        "System.Runtime.CompilerServices.Unsafe", "netstandard",
    ];

    private string Reference =>
        $"""<ItemGroup><PackageReference Include="QuantMcu.Generators" Version="{package.Version}" /></ItemGroup>""";

    private static string ProjectReference =>
        $"""<Import Project="{Path.Combine(ModelsFolder.Repository, "generators", "UseProject.props")}" />""";

    [Fact]
    public void The_package_holds_the_generator_and_all_that_it_needs()
    {
        using ZipArchive zip = ZipFile.OpenRead(package.File);
        string[] files = [.. zip.Entries.Select(entry => entry.FullName).Where(name => name.Contains('/') && !name.StartsWith('_')
            && !name.StartsWith("package/", StringComparison.Ordinal)).Order(StringComparer.Ordinal)];

        Assert.Equal(
            [
                "analyzers/dotnet/cs/Google.Protobuf.dll",
                "analyzers/dotnet/cs/Microsoft.Bcl.HashCode.dll",
                "analyzers/dotnet/cs/QuantMcu.Abstractions.dll",
                "analyzers/dotnet/cs/QuantMcu.Compiler.dll",
                "analyzers/dotnet/cs/QuantMcu.Generators.CodeFixes.dll",
                "analyzers/dotnet/cs/QuantMcu.Generators.dll",
                "build/QuantMcu.Generators.props",
                "buildTransitive/QuantMcu.Generators.props",
                "lib/netnano1.0/_._",
                "lib/netstandard2.0/QuantMcu.Abstractions.dll",
                "lib/netstandard2.0/QuantMcu.Abstractions.xml",
                .. Directory.GetFiles(Path.Combine(ModelsFolder.Repository, "src", "QuantMcu.Abstractions"), "*.cs")
                    .Select(file => "nano/" + Path.GetFileName(file)).Order(StringComparer.Ordinal),
            ],
            files);
    }

    [Fact]
    public void Every_assembly_finds_its_references_in_the_package_or_in_the_compiler()
    {
        using ZipArchive zip = ZipFile.OpenRead(package.File);
        var analyzers = zip.Entries.Where(entry => entry.FullName.StartsWith("analyzers/", StringComparison.Ordinal)).ToList();
        string[] known = [.. OfTheHost, .. analyzers.Select(entry => Path.GetFileNameWithoutExtension(entry.Name))];

        Assert.All(analyzers, entry => Assert.All(References(entry), name => Assert.Contains(name, known)));
    }

    [Fact]
    public void The_package_has_no_dependencies_and_a_readme()
    {
        using ZipArchive zip = ZipFile.OpenRead(package.File);
        using var reader = new StreamReader(zip.Entries.Single(entry => entry.Name == "QuantMcu.Generators.nuspec").Open());
        string manifest = reader.ReadToEnd();

        Assert.DoesNotContain("<dependency ", manifest, StringComparison.Ordinal);
        Assert.Contains("<readme>README.md</readme>", manifest, StringComparison.Ordinal);
        Assert.NotNull(zip.GetEntry("README.md"));
    }

    [Fact]
    public async Task A_consumer_of_the_package_builds_and_runs()
    {
        using var consumer = new Consumer(Reference, package.Source);

        await consumer.BuildAsync();

        Assert.Equal(Consumer.Expected, (await consumer.RunAsync()).Trim());
    }

    [Fact]
    public async Task A_rebuild_in_a_new_process_compiles_no_model()
    {
        using var consumer = new Consumer(Reference, package.Source);
        await consumer.BuildAsync();
        DateTime kept = File.GetLastWriteTimeUtc(consumer.KeptCompilation);
        Assert.True(File.Exists(consumer.KeptCompilation));

        consumer.Append("Program.cs", "\nclass Unrelated;\n");
        await consumer.BuildAsync();

        Assert.Equal(kept, File.GetLastWriteTimeUtc(consumer.KeptCompilation));
        Assert.Equal(Consumer.Expected, (await consumer.RunAsync()).Trim());
    }

    [Fact]
    public async Task Every_build_prints_one_line_for_the_model_unless_told_not_to()
    {
        using var consumer = new Consumer(Reference, package.Source);

        string first = await consumer.BuildAsync();
        string again = await consumer.BuildAsync();
        string silent = await consumer.BuildAsync("-p:QuantMcuSummary=false");

        Assert.Single(first.Split('\n'), line => line.StartsWith("  Net: arena ", StringComparison.Ordinal));
        Assert.Single(again.Split('\n'), line => line.StartsWith("  Net: arena ", StringComparison.Ordinal));
        Assert.DoesNotContain("Net: arena", silent, StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_build_writes_C_where_the_project_says_and_only_what_changed()
    {
        using var consumer = new Consumer(Reference, package.Source);
        const string option = "-p:QuantMcuNativeDirectory=firmware";
        await consumer.BuildAsync(option);
        string source = consumer.PathOf("firmware/Net/net.c"), header = consumer.PathOf("firmware/Net/net.h");
        Assert.Contains("void net_run_in(", await File.ReadAllTextAsync(source), StringComparison.Ordinal);
        DateTime written = File.GetLastWriteTimeUtc(source);

        File.Delete(header);
        consumer.Append("Program.cs", "\nclass Unrelated;\n");
        await consumer.BuildAsync(option);

        Assert.True(File.Exists(header));
        Assert.Equal(written, File.GetLastWriteTimeUtc(source));
    }

    [Fact]
    public async Task A_build_lays_models_over_the_firmware_that_the_project_names_and_leaves_a_table_that_is_there()
    {
        using var consumer = new Consumer(Reference, package.Source);
        const string Table = "firmware/InteropAssemblies/QuantMcu.Nano/QuantMcu_Nano.cpp", Option = "-p:QuantMcuFirmwareDirectory=firmware";
        Directory.CreateDirectory(consumer.PathOf("firmware/InteropAssemblies/QuantMcu.Nano"));
        consumer.Write(Table, "filled from stubs");

        await consumer.BuildAsync(Option);

        Assert.True(File.Exists(consumer.PathOf("firmware/InteropAssemblies/QuantMcu.Nano/net/net_entry.c")));
        Assert.True(File.Exists(consumer.PathOf("firmware/CMake/Modules/FindINTEROP-QuantMcu.Nano.cmake")));
        Assert.Equal("filled from stubs", await File.ReadAllTextAsync(consumer.PathOf(Table)));
    }

    [Fact]
    public async Task A_project_for_nanoFramework_compiles_the_attribute_itself()
    {
        string withoutAssembly = Reference.Replace(" />", " ExcludeAssets=\"compile;runtime\" />", StringComparison.Ordinal);
        using var consumer = new Consumer(withoutAssembly, package.Source);

        await consumer.BuildAsync("-p:QuantMcuBackend=Managed", "-p:NanoFrameworkProjectSystemPath=visual/studio/");

        Assert.Equal(Consumer.Expected, (await consumer.RunAsync()).TrimEnd());
    }

    [Fact]
    public async Task A_build_writes_weights_to_where_resources_take_them_from_and_asks_for_another_where_they_changed()
    {
        using var consumer = new Consumer(Reference, package.Source);
        string[] options = ["-p:QuantMcuBackend=Managed", "-p:QuantMcuWeights=Resource", "-p:QuantMcuWeightsDirectory=weights"];

        (int first, string output) = await consumer.TryBuildAsync(options);
        byte[] weights = await File.ReadAllBytesAsync(consumer.PathOf("weights/Net.weights.bin"));
        (int second, _) = await consumer.TryBuildAsync(options);
        await File.WriteAllBytesAsync(consumer.PathOf("weights/Net.weights.bin"), [1, 2, 3]);
        (int stale, _) = await consumer.TryBuildAsync(options);

        Assert.NotEqual(0, first);
        Assert.Contains("error QMCU5107", output, StringComparison.Ordinal);
        Assert.Equal(0, second);
        Assert.NotEqual(0, stale);
        Assert.Equal(weights, await File.ReadAllBytesAsync(consumer.PathOf("weights/Net.weights.bin")));
    }

    [Fact]
    public async Task A_clean_removes_what_was_kept()
    {
        using var consumer = new Consumer(Reference, package.Source);
        await consumer.BuildAsync();
        Assert.True(File.Exists(consumer.KeptCompilation));

        await consumer.CleanAsync();

        Assert.False(File.Exists(consumer.KeptCompilation));
    }

    [Theory]
    [InlineData("")]
    [InlineData("-p:RunAnalyzers=false")]
    public async Task A_mistake_is_an_error_of_the_build(string option)
    {
        using var consumer = new Consumer(Reference, package.Source);
        consumer.Append("Program.cs", "\n[QuantMcu.QuantizedModel(\"models/none.onnx\")] static partial class None;\n");

        (int status, string output) = await consumer.TryBuildAsync(option.Length > 0 ? [option] : []);

        Assert.NotEqual(0, status);
        Assert.Matches(@"Program\.cs\(\d+,\d+\): error QMCU1002", output);
    }

    [Fact]
    public async Task Two_processes_and_directories_give_the_same_bytes()
    {
        using var one = new Consumer(Reference, package.Source);
        using var other = new Consumer(Reference, package.Source);
        await one.BuildAsync();
        await other.BuildAsync();

        Assert.Equal(await File.ReadAllBytesAsync(one.KeptCompilation), await File.ReadAllBytesAsync(other.KeptCompilation));
    }

    [Fact]
    public async Task A_consumer_of_the_project_builds_and_runs()
    {
        using var consumer = new Consumer(ProjectReference);

        await consumer.BuildAsync("-p:BuildProjectReferences=false");

        Assert.Equal(Consumer.Expected, (await consumer.RunAsync()).Trim());
    }

    [Fact]
    public async Task A_consumer_for_an_old_framework_is_told()
    {
        using var consumer = new Consumer(ProjectReference, framework: "netstandard2.0");

        (_, string output) = await consumer.TryBuildAsync("-p:BuildProjectReferences=false");

        Assert.Contains("error QMCU1022", output, StringComparison.Ordinal);
    }

    private static string[] References(ZipArchiveEntry entry)
    {
        using var content = new MemoryStream();
        using (Stream stream = entry.Open())
            stream.CopyTo(content);

        content.Position = 0;
        using var assembly = new PEReader(content);
        MetadataReader metadata = assembly.GetMetadataReader();
        return [.. metadata.AssemblyReferences.Select(handle => metadata.GetString(metadata.GetAssemblyReference(handle).Name))];
    }
}
