using System.Collections.Immutable;
using System.Linq;
using QuantMcu.Compiler.Quantization.Layers;

namespace QuantMcu.Compiler.Lowering.CSharp;

/// <summary>A function of one code: the data is its table, or one table per channel.</summary>
/// <param name="Elements">Codes in the tensor.</param>
/// <param name="Channels">Tables, the last axis walking through them; 1 where all channels share one.</param>
/// <param name="Entries">Of a table: one per code.</param>
public sealed record LookupStep(
    string Title, ImmutableArray<Storage> Inputs, Storage Output, int Elements, int Channels, int Entries)
    : Step(Title, Inputs, Output)
{
    internal static LookupStep Lower(LookupLayer layer, LayerContext context)
    {
        int entries = context.InputTensor(0).Quantizer.MaxCode + 1;
        int channels = layer.PerChannel ? layer.Table.Length / entries : 1;
        return new LookupStep(context.Title(), context.Inputs, context.Output, context.OutputTensor.Elements, channels, entries)
        {
            Data = layer.Table,
            Region = context.Region,
        };
    }
}
