using System;
using System.Diagnostics;
using System.Linq;
using System.Threading.Tasks;
using Xunit;

namespace QuantMcu.Package.Tests;

/// <summary>Runs the <c>dotnet</c> of this machine, as a user would.</summary>
internal static class DotnetCommand
{
    private static readonly TimeSpan Patience = TimeSpan.FromMinutes(5);

    /// <summary>Runs a command that must succeed, and gives back what it printed.</summary>
    public static async Task<string> RunAsync(string directory, params string[] arguments)
    {
        (int status, string output) = await TryAsync(directory, arguments);
        Assert.True(status == 0, "dotnet " + string.Join(" ", arguments) + " ended with " + status + ":\n" + output);
        return output;
    }

    /// <summary>Runs a command that may fail.</summary>
    public static async Task<(int Status, string Output)> TryAsync(string directory, params string[] arguments)
    {
        var start = new ProcessStartInfo("dotnet", arguments)
        {
            WorkingDirectory = directory,
            RedirectStandardOutput = true,
            RedirectStandardError = true,
            RedirectStandardInput = true,
        };

        // The test host's own settings must not reach the build, and the build must leave no servers behind.
        var own = start.Environment.Keys.Where(name => name.StartsWith("MSBUILD", StringComparison.OrdinalIgnoreCase)).ToList();
        own.ForEach(name => start.Environment.Remove(name));
        start.Environment["MSBUILDDISABLENODEREUSE"] = "1";
        start.Environment["UseSharedCompilation"] = "false";
        start.Environment["DOTNET_CLI_USE_MSBUILD_SERVER"] = "0";
        start.Environment["DOTNET_CLI_UI_LANGUAGE"] = "en";

        using Process process = Process.Start(start)!;
        process.StandardInput.Close();
        Task<string> output = process.StandardOutput.ReadToEndAsync();
        Task<string> errors = process.StandardError.ReadToEndAsync();
        try
        {
            await process.WaitForExitAsync().WaitAsync(Patience);
        }
        catch (TimeoutException)
        {
            process.Kill(entireProcessTree: true);
            throw;
        }

        return (process.ExitCode, await output + await errors);
    }
}
