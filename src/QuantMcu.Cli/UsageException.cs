using System;

namespace QuantMcu.Cli;

/// <summary>The command line is well formed but asks for something that makes no sense: exit status 2.</summary>
internal sealed class UsageException(string message) : Exception(message);
