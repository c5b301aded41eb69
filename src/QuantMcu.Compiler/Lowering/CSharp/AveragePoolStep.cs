using System.Collections.Immutable;
using QuantMcu.Compiler.Graph.Operators;
using QuantMcu.Compiler.Quantization;
using QuantMcu.Compiler.Quantization.Layers;

namespace QuantMcu.Compiler.Lowering.CSharp;

/// <summary>Mean of every window; the data is one multiplier per count of taps, 1 first.</summary>
public sealed record AveragePoolStep(
    string Title, ImmutableArray<Storage> Inputs, Storage Output, ImageShape Image, ImageShape Result, Window Window,
    Requantization Requantization)
    : Step(Title, Inputs, Output)
{
    public bool CountIncludePad { get; init; }

    public int ZeroPoint { get; init; }

    internal static AveragePoolStep Lower(AveragePoolLayer layer, LayerContext context)
    {
        var data = new StepData();
        data.Add(layer.Requantization.Multipliers);
        var image = context.InputImage(0);
        var result = context.OutputImage;
        return new AveragePoolStep(
            context.Title(StepTitle.Of(layer.Window)), context.Inputs, context.Output, image, result, layer.Window,
            layer.Requantization)
        {
            CountIncludePad = layer.CountIncludePad,
            ZeroPoint = context.InputTensor(0).Quantizer.ZeroPoint,
            Data = data.ToArray(),
            Region = context.Region,
        };
    }
}
