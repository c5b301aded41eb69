using System.Diagnostics;
using System.IO;
using System.Text.Json.Nodes;

namespace QuantMcu.Cli.Tests;

/// <summary>Runs the built tool as a process of its own.</summary>
internal static class CliProcess
{
    /// <param name="directory">Working directory.</param>
    /// <param name="culture">Language settings of the process. The tool is built to ignore them; that is undone first.</param>
    /// <param name="args">The command line.</param>
    public static CliRun Run(string directory, string culture, params string[] args)
    {
        string tool = typeof(CommandLine).Assembly.Location;
        string configuration = Path.Combine(directory, "with-cultures.runtimeconfig.json");
        File.WriteAllText(configuration, WithCultures(Path.ChangeExtension(tool, ".runtimeconfig.json")));
        var start = new ProcessStartInfo("dotnet", ["exec", "--runtimeconfig", configuration, tool, .. args])
        {
            WorkingDirectory = directory,
            RedirectStandardOutput = true,
            RedirectStandardError = true,
        };
        string locale = culture.Replace('-', '_') + ".UTF-8";
        start.Environment["LANG"] = locale;
        start.Environment["LC_ALL"] = locale;

        using var process = Process.Start(start)!;
        var error = process.StandardError.ReadToEndAsync();
        string output = process.StandardOutput.ReadToEnd();
        process.WaitForExit();
        return new CliRun(process.ExitCode, output, error.Result);
    }

    private static string WithCultures(string path)
    {
        var root = JsonNode.Parse(File.ReadAllText(path))!;
        root["runtimeOptions"]!["configProperties"]!["System.Globalization.Invariant"] = false;
        return root.ToJsonString();
    }
}
