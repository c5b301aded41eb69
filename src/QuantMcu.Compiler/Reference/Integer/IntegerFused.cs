using System.Linq;
using System.Threading;
using QuantMcu.Compiler.Quantization.Layers;

namespace QuantMcu.Compiler.Reference.Integer;

/// <summary>Executes <see cref="FusedLayer"/>.</summary>
internal static class IntegerFused
{
    public static void Run(FusedLayer layer, IntegerTensors tensors, CancellationToken cancellation) => tensors.Set(
        layer.Output, PatchInterpreter.Run(layer.Stage, layer.Inputs.Select(tensors.Codes).ToArray(), cancellation).Codes);
}
