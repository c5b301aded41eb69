using System.Collections.Immutable;
using QuantMcu.Compiler.Quantization.Layers;

namespace QuantMcu.Compiler.Lowering.CSharp;

/// <summary>Softmax or LogSoftmax along an axis; the data is the exponentials, then the logarithms.</summary>
public sealed record SoftmaxStep(string Title, ImmutableArray<Storage> Inputs, Storage Output, SoftmaxLayer Layer)
    : Step(Title, Inputs, Output)
{
    public int LogarithmsOffset { get; init; }

    internal static SoftmaxStep Lower(SoftmaxLayer layer, LayerContext context)
    {
        var data = new StepData();
        data.Add(layer.Exponentials);
        int logarithms = layer.Log is null ? -1 : data.Add(layer.Log.Logarithms);
        return new SoftmaxStep(context.Title(), context.Inputs, context.Output, layer)
        {
            LogarithmsOffset = logarithms,
            Data = data.ToArray(),
        };
    }
}
