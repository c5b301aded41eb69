using System.Linq;
using QuantMcu.Compiler.Quantization;
using QuantMcu.Compiler.Quantization.Layers;

namespace QuantMcu.Compiler.Reports;

/// <summary>What one inference of a quantized network costs.</summary>
/// <param name="Macs">Multiply-accumulates layer by layer, padding taps counted.</param>
/// <param name="ExecutedMacs">The same with what patches compute again; equal where there are none.</param>
/// <param name="BitOps">Sum of MACs executed times bits of one factor times bits of the other, of the whole network.</param>
/// <param name="StageBitOps">The same of the patch stage; null where there is none.</param>
public sealed record NetworkCost(long Macs, long ExecutedMacs, BitOpsFigures BitOps, BitOpsFigures? StageBitOps)
{
    public static NetworkCost Of(QuantizedNetwork network)
    {
        var maps = NetworkFigures.Maps(network);
        return new NetworkCost(
            maps.Sum(map => map.Macs),
            maps.Sum(map => map.ExecutedMacs),
            BitOpsFigures.Sum(maps),
            network.Patches is null ? null : BitOpsFigures.Sum(maps.Where(map => map.InStage)));
    }

    /// <summary>Bits of one factor times bits of the other, as they lie in memory; 0 for layers that multiply nothing.</summary>
    internal static int BitsPerMac(QuantizedLayer layer, QuantizedNetwork network) => layer switch
    {
        ConvLayer conv => InputBits(layer, 0, network) * conv.WeightBits,
        MatMulLayer => InputBits(layer, 0, network) * InputBits(layer, 1, network),
        _ => 0,
    };

    private static int InputBits(QuantizedLayer layer, int input, QuantizedNetwork network) =>
        network.Tensor(layer.Inputs[input]).Quantizer.Bits;
}
