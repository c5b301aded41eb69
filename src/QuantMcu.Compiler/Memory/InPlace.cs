using System.Collections.Generic;
using System.Linq;
using QuantMcu.Compiler.Quantization.Layers;

namespace QuantMcu.Compiler.Memory;

/// <summary>
/// Which layers may write their result over an operand. Every back end keeps to it: a kernel of such a layer reads a code before it writes its
/// place, and not again.
/// </summary>
internal static class InPlace
{
    /// <summary>Positions of the operands that may be overwritten: those whose bytes lie as the result's do.</summary>
    public static IEnumerable<int> Operands(QuantizedLayer layer, MemoryPart part)
    {
        int positions = layer switch
        {
            AddLayer or MulLayer => 2,
            LookupLayer or PReluLayer => 1,
            SoftmaxLayer when part.Bits[layer.Output] == 8 => 1,
            _ => 0,
        };
        return Enumerable.Range(0, positions).Where(position => HasPlace(part, layer.Inputs[position], layer.Output));
    }

    private static bool HasPlace(MemoryPart part, int source, int result)
    {
        var tensor = part.Network.Tensor(source);
        return tensor.Constant is null && tensor.Elements == part.Network.Tensor(result).Elements && part.SameBytes(source, result);
    }
}
