using QuantMcu.Compiler.Graph;
using QuantMcu.Compiler.Graph.Operators;

namespace QuantMcu.Compiler.Quantization.Equalization;

/// <summary>Which channels the weight at a flat index of W[M, kernel, C / Groups] connects.</summary>
internal sealed class ConvIndex
{
    private readonly int perOutput;
    private readonly int perGroup;
    private readonly int outputsPerGroup;

    public ConvIndex(Conv conv, Shape weights)
    {
        perOutput = weights.Elements / weights[0];
        perGroup = weights[weights.Rank - 1];
        outputsPerGroup = weights[0] / conv.Groups;
    }

    public int Output(int index) => index / perOutput;

    public int Input(int index) => (index / perOutput / outputsPerGroup * perGroup) + (index % perGroup);
}
