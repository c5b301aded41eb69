using System;
using System.IO;
using QuantMcu.Generators.Tests.Hosting;
using Xunit;

namespace QuantMcu.Generators.Tests.Generation;

public class NativeFolderTests
{
    private static readonly string[] Own = ["digits.c", "digits.h", "digits_weights.h", "qmcu.h"];

    [Fact]
    public void A_project_that_asks_for_C_gets_the_files_of_every_class_and_a_list()
    {
        using TestProject project = Project("firmware/");

        Assert.Empty(project.Run().Findings);

        string[] list = File.ReadAllLines(PathOf(project, "native.txt"));
        Assert.All(Own, name => Assert.Contains("Vision.Digits/" + name, list));
        Assert.All(list, file => Assert.True(File.Exists(PathOf(project, "native/" + file)), file));
        string header = File.ReadAllText(PathOf(project, "native/Vision.Digits/digits.h"));
        Assert.Matches(@"void digits_run\(const uint8_t \*\w+, uint8_t \*\w+\);", header);
    }

    [Fact]
    public void Files_that_did_not_change_are_not_written_again()
    {
        using TestProject project = Project("firmware/");
        GeneratorRun first = project.Run();
        string kernels = PathOf(project, "native/Vision.Digits/qmcu.h"), weights = PathOf(project, "native/Vision.Digits/digits_weights.h");
        File.SetLastWriteTimeUtc(kernels, DateTime.UnixEpoch);
        File.SetLastWriteTimeUtc(weights, DateTime.UnixEpoch);

        project.With("models/digits.onnx", TestModels.Digits(seed: 9));
        project.Run(first);

        Assert.NotEqual(DateTime.UnixEpoch, File.GetLastWriteTimeUtc(weights));
        Assert.Equal(DateTime.UnixEpoch, File.GetLastWriteTimeUtc(kernels));
    }

    [Fact]
    public void A_project_that_does_not_ask_gets_none()
    {
        using TestProject project = Project(null);

        project.Run();

        Assert.False(File.Exists(PathOf(project, "native.txt")));
        Assert.True(File.Exists(PathOf(project, "summary.txt")));
    }

    private static TestProject Project(string? directory)
    {
        TestProject project = TestModels.DigitsProject();
        project.Properties = project.Properties.Add("QuantMcuCacheDirectory", "obj/");
        if (directory is not null)
            project.Properties = project.Properties.Add("QuantMcuNativeDirectory", directory);

        return project;
    }

    private static string PathOf(TestProject project, string path) => Path.Combine(project.Directory, "obj", path);
}
