using System.Collections.Immutable;

namespace QuantMcu.Compiler.Quantization.Layers;

/// <summary>
/// y = Table[x]: any function of one code (sigmoid, hard swish, a change of scale). 2^bits entries; with more than one channel, one table after
/// the other, channel (last axis) first: y = Table[c * 2^bits + x].
/// </summary>
/// <param name="Function">What the table computes, for reports: "Sigmoid", "Rescale", ...</param>
public sealed record LookupLayer(string Name, ImmutableArray<int> Inputs, int Output, string Function, byte[] Table, bool PerChannel = false)
    : QuantizedLayer(Name, Inputs, Output)
{
    public override string Operator => Function;

    public override int FlashBytes => Table.Length;
}
