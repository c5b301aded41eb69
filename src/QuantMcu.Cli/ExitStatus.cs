namespace QuantMcu.Cli;

/// <summary>What the process ends with. Scripts rely on these numbers: docs/cli.md lists them.</summary>
internal static class ExitStatus
{
    public const int Success = 0;

    /// <summary>The model, a data file or a budget is at fault: the QMCU id is on standard error.</summary>
    public const int ModelError = 1;

    /// <summary>The command line itself is at fault.</summary>
    public const int Usage = 2;

    /// <summary>Interrupted, by the shell's convention for SIGINT.</summary>
    public const int Cancelled = 130;
}
