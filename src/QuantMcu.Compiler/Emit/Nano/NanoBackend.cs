using QuantMcu.Compiler.Lowering.Nano;

namespace QuantMcu.Compiler.Emit.Nano;

/// <summary>Which ways to run a network an emitted class for .NET nanoFramework has.</summary>
/// <param name="Native">It asks the firmware for the model first, through the assembly QuantMcu.Nano.</param>
/// <param name="Managed">It has kernels of its own.</param>
/// <param name="Weights">Where those find their weights.</param>
/// <param name="FirmwareFolder">Where the build writes the firmware's part, for people, or empty where that is not known.</param>
public sealed record NanoBackend(bool Native, bool Managed, NanoWeights Weights, string FirmwareFolder);
