using System.Collections.Generic;
using System.Linq;
using QuantMcu.Compiler.Memory;
using QuantMcu.Compiler.Quantization;

namespace QuantMcu.Compiler.Lowering.C;

/// <summary>Conversions between ports and the network: signed samples, and results that lie elsewhere.</summary>
internal static class PortLowering
{
    private static readonly CKernel FlipSigns = new(
        "flip_signs", "qmcu_elementwise.h", "qmcu_flip_signs", null, "const uint8_t *x, uint8_t *y, int32_t count", "x, y, count", []);

    private static readonly CKernel CopyCodes = new(
        "copy_codes", "qmcu.h", "memcpy", null, "const uint8_t *x, uint8_t *y, int32_t count", "y, x, (size_t)count", []);

    public static IEnumerable<CStep> Imports(QuantizedNetwork network, NetworkMemoryPlan memory) => memory.Imports.Select(input =>
    {
        int tensor = network.Inputs[input].Tensor;
        return Step("Signed samples to codes", FlipSigns, new Storage(StorageKind.Input, input), memory.Tensors[tensor], network.Tensor(tensor));
    });

    /// <summary>Conversions in place come last: another output may be a copy of the same codes.</summary>
    public static IEnumerable<CStep> Exports(QuantizedNetwork network, NetworkMemoryPlan memory) => Enumerable.Range(0, network.Outputs.Length)
        .Where(output => network.Tensor(network.Outputs[output].Tensor).Elements > 0)
        .Select(output => (Port: network.Outputs[output], Place: new Storage(StorageKind.Output, output)))
        .Where(output => output.Port.Signed || memory.Tensors[output.Port.Tensor] != output.Place)
        .OrderBy(output => memory.Tensors[output.Port.Tensor] == output.Place)
        .Select(output => Step(
            output.Port.Signed ? "Codes to signed results" : "Copy to the output", output.Port.Signed ? FlipSigns : CopyCodes,
            memory.Tensors[output.Port.Tensor], output.Place, network.Tensor(output.Port.Tensor)));

    private static CStep Step(string title, CKernel kernel, Storage from, Storage to, QuantizedTensor tensor) => new(
        title, kernel, [],
        [
            new CCall([],
            [
                new CArgument.Pointer(from, Affine.Zero), new CArgument.Pointer(to, Affine.Zero), new CArgument.Number(tensor.Elements),
            ]),
        ]);
}
