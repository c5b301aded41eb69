using System.Linq;
using QuantMcu.Compiler.Quantization;
using QuantMcu.Compiler.Quantization.Layers;

namespace QuantMcu.Compiler.Reports;

/// <summary>What one inference of a quantized network costs.</summary>
/// <param name="Macs">Multiply-accumulates, padding taps counted.</param>
/// <param name="BitOps">Sum over the layers of MACs times bits of one factor times bits of the other.</param>
public sealed record NetworkCost(long Macs, long BitOps)
{
    public static NetworkCost Of(QuantizedNetwork network) => new(
        network.Layers.Sum(layer => layer.Macs(network)),
        network.Layers.Sum(layer => layer.Macs(network) * BitsPerMac(layer, network)));

    /// <summary>Bits of one factor times bits of the other; 0 for layers that multiply nothing.</summary>
    internal static int BitsPerMac(QuantizedLayer layer, QuantizedNetwork network) => layer switch
    {
        ConvLayer conv => InputBits(layer, 0, network) * conv.WeightBits,
        MatMulLayer => InputBits(layer, 0, network) * InputBits(layer, 1, network),
        _ => 0,
    };

    private static int InputBits(QuantizedLayer layer, int input, QuantizedNetwork network) =>
        network.Tensor(layer.Inputs[input]).Quantizer.Bits;
}
