using System;
using System.Collections.Generic;
using System.Linq;
using System.Threading;
using FsCheck.Fluent;
using QuantMcu.Compiler.Emit.C;
using QuantMcu.Compiler.Emit.Interop;
using QuantMcu.Compiler.Lowering.C;
using QuantMcu.Compiler.Request;
using QuantMcu.Testing;
using Xunit;

namespace QuantMcu.Compiler.Tests.Emit.Interop;

public class InteropFolderTests
{
    private static readonly string Table = InteropFolder.Path + InteropStubs.FileName;

    private static readonly string Registry = InteropFolder.Path + InteropRegistry.FileName;

    [Fact]
    public void Another_model_changes_no_file_but_the_registry()
    {
        var one = InteropFolder.Of([Model("eye", 1)], [], null).ToDictionary(file => file.Name, file => file.Text);
        var two = InteropFolder.Of([Model("ear", 2)], ["eye"], null).ToDictionary(file => file.Name, file => file.Text);
        Assert.All(two.Where(file => one.ContainsKey(file.Key) && file.Key != Registry), file => Assert.Equal(one[file.Key], file.Value));
        Assert.Equal(["eye", "ear"], InteropRegistry.Parse(two[Registry]).ToArray());
        Assert.All(two.Keys.Except(one.Keys), name => Assert.StartsWith(InteropFolder.Path + "ear/", name));
    }

    [Fact]
    public void A_model_that_is_there_already_keeps_its_handle()
    {
        var files = InteropFolder.Of([Model("eye", 3)], ["ear", "eye", "nose"], null);
        Assert.Equal(["ear", "eye", "nose"], InteropRegistry.Parse(Text(files, Registry)).ToArray());
    }

    [Fact]
    public void The_folder_has_the_glue_the_managed_project_and_the_module_of_cmake()
    {
        var names = InteropFolder.Of([Model("eye", 1)], [], null).Select(file => file.Name).ToArray();
        Assert.Equal(names.Distinct(), names);
        string[] expected =
        [
            "CMake/Modules/FindINTEROP-QuantMcu.Nano.cmake", InteropFolder.Path + "README.md", InteropFolder.Path + "qmcu_models.c",
            InteropFolder.Path + "qmcu_models.h", InteropFolder.Path + "QuantMcu_Nano.h", InteropFolder.Path + "QuantMcu_Nano.cpp",
            InteropFolder.Path + "QuantMcu_Nano_NativeModel.cpp", InteropFolder.Path + "managed/NativeModel.cs",
            InteropFolder.Path + "managed/Properties/AssemblyInfo.cs", InteropFolder.Path + "managed/QuantMcu.Nano.nfproj",
            InteropFolder.Path + "managed/packages.config", InteropFolder.Path + "eye/eye.c", InteropFolder.Path + "eye/eye_entry.c",
        ];
        Assert.Empty(expected.Except(names));
    }

    [Fact]
    public void Entries_carry_the_content_hash()
    {
        string entry = Text(InteropFolder.Of([Model("eye", 1)], [], null), InteropFolder.Path + "eye/eye_entry.c");
        var bytes = entry.Split('\n').SelectMany(line => line.Split(',')).Select(part => part.Trim()).Where(part => part.StartsWith("0x", StringComparison.Ordinal));
        Assert.Equal(Hash(1), string.Concat(bytes.Select(part => part.Substring(2))));
    }

    [Fact]
    public void Stubs_give_the_table_their_checksum_and_version_and_nothing_else()
    {
        string recorded = Text(InteropFolder.Of([], ["eye"], null), Table);
        var stubs = InteropStubs.Parse(Stubs(recorded).Replace("0x30F8551D", "0x0000BEEF").Replace("{ 1, 0, 0, 0 }", "{ 1, 0, 2, 0 }"));

        string filled = Text(InteropFolder.Of([], ["eye"], stubs), Table);

        Assert.Equal(recorded.Replace("0x30F8551D", "0x0000BEEF").Replace("{ 1, 0, 0, 0 }", "{ 1, 0, 2, 0 }"), filled);
    }

    [Theory]
    [InlineData("    Library_QuantMcu_Nano_QuantMcu_Nano_NativeModel::AbiVersion___STATIC__I4,\n", "", "method 5 is ")]
    [InlineData("AbiVersion", "AbiVersions", "method 5 is ")]
    [InlineData("Find___STATIC__I4__SZARRAY_U1", "Find___STATIC__I4__STRING", "method 0 is ")]
    [InlineData("PatchCounts___STATIC__I4__I4__SZARRAY_I4,", "PatchCounts___STATIC__I4__I4__SZARRAY_I4,\n    NULL,", "method 7 is NULL instead of none")]
    public void Stubs_of_another_assembly_are_refused(string old, string other, string message)
    {
        string recorded = Text(InteropFolder.Of([], ["eye"], null), Table);
        var stubs = InteropStubs.Parse(Stubs(recorded).Replace(old, other));
        Assert.Contains(message, Assert.Throws<FormatException>(() => InteropFolder.Of([], ["eye"], stubs)).Message);
    }

    [Theory]
    [InlineData("")]
    [InlineData("static const CLR_RT_MethodHandler method_lookup[] = {\n};\n")]
    public void A_file_without_the_table_is_no_file_of_stubs(string text) => Assert.Throws<FormatException>(() => InteropStubs.Parse(text));

    [Fact]
    public void A_registry_that_lists_what_cannot_be_a_model_is_refused() =>
        Assert.Throws<FormatException>(() => InteropRegistry.Parse("    MODEL(../eye, EYE)"));

    /// <summary>The table with what the metadata processor writes around it, and carriage returns.</summary>
    private static string Stubs(string table) => "// generated\r\n" + table.Replace("// The build of the firmware", "// ");

    private static InteropModel Model(string name, int seed)
    {
        var network = RandomNetworks.Build(NetworkRecipe.Arbitrary.Generator.Sample(1, new FsCheck.Rnd((ulong)seed, 41), 10)[0]);
        return new InteropModel(new CTarget(name), CLowering.Lower(network, Target.Generic, Code.Speed, CancellationToken.None), Hash(seed));
    }

    private static string Hash(int seed) => RequestHash.Sha256([(byte)seed]);

    private static string Text(IReadOnlyList<(string Name, string Text)> files, string name) => files.Single(file => file.Name == name).Text;
}
