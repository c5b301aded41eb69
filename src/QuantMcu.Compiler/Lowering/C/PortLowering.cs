using System;
using System.Collections.Generic;
using System.Linq;
using QuantMcu.Compiler.Lowering.CSharp;
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
    public static IEnumerable<CStep> Exports(QuantizedNetwork network, NetworkMemoryPlan memory, Func<int, Storage> places) => Enumerable.Range(0, network.Outputs.Length)
        .Where(output => network.Tensor(network.Outputs[output].Tensor).Elements > 0)
        .Select(output => (Port: network.Outputs[output], Place: new Storage(StorageKind.Output, output)))
        .Where(output => output.Port.Signed || memory.Tensors[output.Port.Tensor] != output.Place)
        .OrderBy(output => memory.Tensors[output.Port.Tensor] == output.Place)
        .Select(output => Step(
            output.Port.Signed ? "Codes to signed results" : "Copy to the output", output.Port.Signed ? FlipSigns : CopyCodes,
            places(output.Port.Tensor), output.Place, network.Tensor(output.Port.Tensor)));

    /// <summary>Signed samples that a tile reads.</summary>
    public static CStep ImportRegion(QuantizedNetwork network, int input, BranchMaps maps)
    {
        var port = network.Inputs[input];
        var shape = network.Tensor(port.Tensor).Shape;
        var kernel = FlipSigns with
        {
            Name = "flip_signs_tile", Function = "qmcu_flip_signs_region", Parameters = "qmcu_view x, qmcu_region y, int32_t channels",
            Arguments = "x, y, channels",
        };
        CArgument[] arguments =
        [
            new CArgument.View(maps.Input(input), Affine.Zero, shape[2] * shape[3]), new CArgument.MapRegion(maps.IndexOf(port.Tensor)),
            new CArgument.Number(shape[3]),
        ];
        return new CStep("Signed samples to codes", kernel, [], [new CCall([], [.. arguments])]);
    }

    private static CStep Step(string title, CKernel kernel, Storage from, Storage to, QuantizedTensor tensor) => new(
        title, kernel, [],
        [
            new CCall([],
            [
                new CArgument.Pointer(from, Affine.Zero), new CArgument.Pointer(to, Affine.Zero), new CArgument.Number(tensor.Elements),
            ]),
        ]);
}
