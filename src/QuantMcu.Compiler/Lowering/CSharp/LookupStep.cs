using System.Collections.Immutable;
using System.Linq;
using QuantMcu.Compiler.Quantization.Layers;

namespace QuantMcu.Compiler.Lowering.CSharp;

/// <summary>A function of one code: the data is its table, or one table of 256 codes per channel.</summary>
/// <param name="Elements">Codes in the tensor.</param>
/// <param name="Channels">Tables, the last axis walking through them; 1 where all channels share one.</param>
public sealed record LookupStep(string Title, ImmutableArray<Storage> Inputs, Storage Output, int Elements, int Channels)
    : Step(Title, Inputs, Output)
{
    internal static LookupStep Lower(LookupLayer layer, LayerContext context)
    {
        int entries = context.InputTensor(0).Quantizer.MaxCode + 1;
        int channels = layer.PerChannel ? layer.Table.Length / entries : 1;
        var table = Enumerable.Range(0, channels * 256).Select(i => layer.Table[((i / 256) * entries) + (i % 256 % entries)])
            .ToArray();
        return new LookupStep(context.Title(), context.Inputs, context.Output, context.OutputTensor.Elements, channels)
        {
            Data = table,
            Overwritable = [0],
            Region = context.Region,
        };
    }
}
