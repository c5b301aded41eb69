using QuantMcu.Cli;
using QuantMcu.Cli.Output;

return CommandLine.Run(args, Terminal.OfProcess());
