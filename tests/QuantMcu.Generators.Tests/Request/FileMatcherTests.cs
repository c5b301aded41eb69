using System.Linq;
using QuantMcu.Generators.Request;
using QuantMcu.Generators.Tests.Hosting;
using Xunit;

namespace QuantMcu.Generators.Tests.Request;

public class FileMatcherTests
{
    [Theory]
    [InlineData("models/a.onnx", "/p/models/a.onnx")]
    [InlineData("models\\a.onnx", "/p/models/a.onnx")]
    [InlineData("./models//a.onnx", "/p/models/a.onnx")]
    [InlineData("models/../models/a.onnx", "/p/models/a.onnx")]
    [InlineData("a.onnx", "/p/a.onnx")]
    [InlineData("/p/other/a.onnx", "/p/other/a.onnx")]
    [InlineData("../q/b.onnx", "/q/b.onnx")]
    [InlineData("b.onnx", "/q/b.onnx")]
    [InlineData("q/b.onnx", "/q/b.onnx")]
    [InlineData("other/a.onnx", "/p/other/a.onnx")]
    public void Match_finds_the_file_that_is_meant(string written, string path) => Assert.Equal([path], Match(written, "/p/"));

    [Theory]
    [InlineData("")]
    [InlineData("models")]
    [InlineData("s/a.onnx")]
    [InlineData("MODELS/A.ONNX")]
    [InlineData("../a.onnx")]
    [InlineData("nowhere/a.onnx")]
    public void Match_finds_nothing_where_nothing_fits(string written) => Assert.Empty(Match(written, "/p/"));

    [Fact]
    public void Match_gives_all_where_the_end_of_a_path_fits_several() =>
        Assert.Equal(["/p/a.onnx", "/p/models/a.onnx", "/p/other/a.onnx"], Match("a.onnx", ""));

    [Theory]
    [InlineData("C:\\p\\", "models\\x.onnx")]
    [InlineData("C:\\p\\", "models/x.onnx")]
    [InlineData("C:\\p\\sub\\", "..\\models\\x.onnx")]
    [InlineData("D:\\", "C:/p/models/x.onnx")]
    public void Match_reads_paths_of_Windows(string project, string written)
    {
        CandidateFile wanted = File("C:\\p\\models\\x.onnx");

        Assert.Equal([wanted], FileMatcher.Match(written, project, [wanted, File("C:\\x.onnx")]));
    }

    [Theory]
    [InlineData("/p/models/a.onnx", "models/a.onnx")]
    [InlineData("/q/b.onnx", "/q/b.onnx")]
    [InlineData("/pq/b.onnx", "/pq/b.onnx")]
    public void Display_is_relative_to_the_project(string path, string shown) =>
        Assert.Equal(shown, FileMatcher.Display(path, "/p/"));

    private static string[] Match(string written, string project) => FileMatcher
        .Match(written, project, [File("/p/a.onnx"), File("/p/models/a.onnx"), File("/p/other/a.onnx"), File("/q/b.onnx")])
        .Select(file => file.Path)
        .ToArray();

    private static CandidateFile File(string path) => new(new ProjectFile(path), default);
}
