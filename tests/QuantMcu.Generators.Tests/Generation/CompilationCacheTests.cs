using System.Collections.Immutable;
using System.IO;
using System.Linq;
using QuantMcu.Compiler.Diagnostics;
using QuantMcu.Compiler.Emit.CSharp;
using QuantMcu.Generators.Generation;
using QuantMcu.Testing;
using Xunit;

namespace QuantMcu.Generators.Tests.Generation;

public class CompilationCacheTests
{
    private static readonly ClassTarget Target = new("Vision", ImmutableArray.Create("struct Outer"), "Digits");

    [Fact]
    public void The_cache_forgets_what_was_used_longest_ago()
    {
        var cache = new CompilationCache(capacity: 2);
        cache.Add("a", Answer("a"));
        cache.Add("b", Answer("b"));
        Assert.NotNull(cache.Find("a"));
        cache.Add("c", Answer("c"));

        Assert.Equal([true, false, true], new[] { "a", "b", "c" }.Select(key => cache.Find(key) is not null));
    }

    [Fact]
    public void The_cache_takes_the_same_key_twice()
    {
        var cache = new CompilationCache(capacity: 2);
        cache.Add("a", Answer("a"));
        cache.Add("a", Answer("a"));
        cache.Add("b", Answer("b"));

        Assert.NotNull(cache.Find("a"));
    }

    [Fact]
    public void A_file_gives_back_what_was_kept()
    {
        using var directory = new TemporaryDirectory();
        CompiledClass[] answers =
            [Answer("source"), new(null, Findings("x", "y")), new(new ClassSources("", "µ\r\n"), Findings("z"))];
        foreach (CompiledClass answer in answers)
        {
            CompilationFile.Keep(directory.PathOf("obj"), Target, "key", answer);

            Assert.Equal(answer, CompilationFile.Find(directory.PathOf("obj"), Target, "key"));
        }

        string file = Assert.Single(Directory.GetFiles(directory.PathOf("obj")));
        Assert.Equal("Vision.Outer.Digits.compilation", Path.GetFileName(file));
    }

    [Fact]
    public void A_file_of_another_key_is_none()
    {
        using var directory = new TemporaryDirectory();
        CompilationFile.Keep(directory.FullName, Target, "key", Answer("source"));

        Assert.Null(CompilationFile.Find(directory.FullName, Target, "other key"));
        Assert.Null(CompilationFile.Find(directory.FullName, Target with { Name = "Other" }, "key"));
    }

    [Fact]
    public void A_damaged_file_is_none()
    {
        using var directory = new TemporaryDirectory();
        CompilationFile.Keep(directory.FullName, Target, "key", Answer("source"));
        string path = Directory.GetFiles(directory.FullName).Single();
        byte[] whole = File.ReadAllBytes(path);
        for (int at = 0; at < whole.Length; at++)
        {
            byte[] changed = [.. whole];
            changed[at] ^= 1;
            File.WriteAllBytes(path, changed);
            Assert.Null(CompilationFile.Find(directory.FullName, Target, "key"));

            File.WriteAllBytes(path, whole[..at]);
            Assert.Null(CompilationFile.Find(directory.FullName, Target, "key"));
        }
    }

    [Fact]
    public void A_directory_that_cannot_be_written_is_no_error()
    {
        using var directory = new TemporaryDirectory();
        string file = directory.Write("file", []);

        CompilationFile.Keep(Path.Combine(file, "below"), Target, "key", Answer("source"));

        Assert.Null(CompilationFile.Find(Path.Combine(file, "below"), Target, "key"));
        Assert.Equal([file], Directory.GetFileSystemEntries(directory.FullName));
    }

    private static CompiledClass Answer(string text) => new(new ClassSources("api of " + text, text), default);

    private static EquatableArray<Diagnostic> Findings(params string[] options) =>
        options.Select(option => Diagnostic.Create(RequestRules.InvalidOption, option, "value", "help")).ToEquatableArray();
}
