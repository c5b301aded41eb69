using System.Collections.Generic;
using System.Collections.Immutable;
using System.Linq;
using QuantMcu.Compiler.Quantization;

namespace QuantMcu.Compiler.Lowering.CSharp;

/// <summary>Constant tensors that steps read, of the network and of its branches, packed.</summary>
internal sealed class ConstantTable
{
    private readonly List<byte[]> constants = new();

    /// <summary>Packed codes, by the index of their <see cref="Storage"/>.</summary>
    public ImmutableArray<byte[]> Constants => constants.ToImmutableArray();

    /// <summary>Where the codes of a constant are. Equal ones are one.</summary>
    public Storage Of(QuantizedTensor tensor)
    {
        byte[] packed = CodeLayout.Of(tensor).Pack(tensor.Constant!);
        int index = constants.FindIndex(codes => codes.SequenceEqual(packed));
        if (index < 0)
        {
            index = constants.Count;
            constants.Add(packed);
        }

        return new Storage(StorageKind.Constant, index);
    }
}
