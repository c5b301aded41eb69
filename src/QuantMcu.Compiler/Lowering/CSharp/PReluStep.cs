using System.Collections.Immutable;
using System.Linq;
using QuantMcu.Compiler.Quantization;
using QuantMcu.Compiler.Quantization.Layers;

namespace QuantMcu.Compiler.Lowering.CSharp;

/// <summary>Two slopes; the data is one negative multiplier per channel.</summary>
public sealed record PReluStep(
    string Title, ImmutableArray<Storage> Inputs, Storage Output, int Elements, int Channels, int ZeroPoint, PReluLayer Layer)
    : Step(Title, Inputs, Output)
{
    internal static PReluStep Lower(PReluLayer layer, LayerContext context)
    {
        var shape = context.OutputTensor.Shape;
        int channels = shape.Rank == 0 ? 1 : shape[shape.Rank - 1];
        var data = new StepData();
        data.Add(Enumerable.Range(0, channels).Select(layer.Negative.Multiplier));
        return new PReluStep(
            context.Title(), context.Inputs, context.Output, shape.Elements, channels,
                context.InputTensor(0).Quantizer.ZeroPoint, layer)
        {
            Data = data.ToArray(),
            Region = context.Region,
        };
    }
}
