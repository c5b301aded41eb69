using System.Collections.Immutable;
using QuantMcu.Compiler.Graph.Operators;
using QuantMcu.Compiler.Quantization.Layers;

namespace QuantMcu.Compiler.Lowering.CSharp;

/// <summary>Largest code of every window.</summary>
public sealed record MaxPoolStep(
    string Title, ImmutableArray<Storage> Inputs, Storage Output, ImageShape Image, ImageShape Result, Window Window)
    : Step(Title, Inputs, Output)
{
    internal static MaxPoolStep Lower(MaxPoolLayer layer, LayerContext context)
    {
        var image = context.InputImage(0);
        var result = context.OutputImage;
        return new MaxPoolStep(
            context.Title(StepTitle.Of(layer.Window)), context.Inputs, context.Output, image, result, layer.Window)
        {
            Region = context.Region,
        };
    }
}
