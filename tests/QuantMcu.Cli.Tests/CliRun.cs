using System.IO;
using QuantMcu.Cli.Output;

namespace QuantMcu.Cli.Tests;

/// <summary>What one command line did, run in this process as it would be in a pipe.</summary>
internal sealed record CliRun(int Status, string Output, string Error)
{
    public static CliRun Of(params string[] args)
    {
        using var output = new StringWriter();
        using var error = new StringWriter();
        int status = CommandLine.Run(args, new Terminal(output, error, OutputIsInteractive: false, ErrorIsInteractive: false));
        return new CliRun(status, output.ToString(), error.ToString());
    }
}
