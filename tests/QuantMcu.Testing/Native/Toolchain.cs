using System;
using System.Diagnostics;
using System.IO;
using System.Linq;
using System.Text;
using System.Threading.Tasks;
using Xunit;

namespace QuantMcu.Testing.Native;

/// <summary>Compilers and emulators of this machine.</summary>
public static class Toolchain
{
    /// <summary>Whether a program is in the PATH.</summary>
    public static bool Has(string program) => (Environment.GetEnvironmentVariable("PATH") ?? "").Split(Path.PathSeparator)
        .Any(folder => folder.Length > 0 && File.Exists(Path.Combine(folder, program)));

    /// <summary>Why a test that needs programs is skipped, or null.</summary>
    public static string? Missing(params string[] programs)
    {
        string[] missing = programs.Where(program => !Has(program)).ToArray();
        return missing.Length == 0 ? null : "needs " + string.Join(", ", missing) + " (tests/Native/harness/packages.txt)";
    }

    /// <summary>Runs a program to its end.</summary>
    /// <returns>What it wrote to standard output.</returns>
    /// <exception cref="InvalidOperationException">It failed; the message is what it said.</exception>
    public static byte[] Run(string folder, byte[] input, string program, params string[] arguments)
    {
        var start = new ProcessStartInfo(program, arguments)
        {
            WorkingDirectory = folder,
            RedirectStandardInput = true,
            RedirectStandardOutput = true,
            RedirectStandardError = true,
        };
        start.Environment["ASAN_OPTIONS"] = "detect_leaks=0";
        using var process = Process.Start(start)!;
        var output = new MemoryStream();
        var reading = process.StandardOutput.BaseStream.CopyToAsync(output);
        var complaints = process.StandardError.ReadToEndAsync();
        try
        {
            process.StandardInput.BaseStream.Write(input);
            process.StandardInput.Close();
        }
        catch (IOException)
        {
            // It ended before it read all; its exit code says why.
        }

        Task.WaitAll(reading, complaints);
        process.WaitForExit();
        if (process.ExitCode != 0)
            throw new InvalidOperationException(program + " ended with " + process.ExitCode + ":\n" + complaints.Result + Encoding.UTF8.GetString(output.ToArray()));

        return output.ToArray();
    }
}

/// <summary>A test that needs programs, skipped with that reason where they are missing.</summary>
public sealed class ToolFactAttribute : FactAttribute
{
    public ToolFactAttribute(params string[] programs) => Skip = Toolchain.Missing(programs)!;
}

/// <inheritdoc cref="ToolFactAttribute"/>
public sealed class ToolTheoryAttribute : TheoryAttribute
{
    public ToolTheoryAttribute(params string[] programs) => Skip = Toolchain.Missing(programs)!;
}

/// <inheritdoc cref="ModelsAndToolsFactAttribute"/>
public sealed class ModelsAndToolsTheoryAttribute : TheoryAttribute
{
    public ModelsAndToolsTheoryAttribute(params string[] programs) =>
        Skip = (new ModelsFactAttribute().Skip ?? Toolchain.Missing(programs))!;
}

/// <summary>A test that needs the models folder and programs, skipped with that reason where either is missing.</summary>
public sealed class ModelsAndToolsFactAttribute : FactAttribute
{
    public ModelsAndToolsFactAttribute(params string[] programs) =>
        Skip = (new ModelsFactAttribute().Skip ?? Toolchain.Missing(programs))!;
}
