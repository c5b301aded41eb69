using System.Collections.Immutable;
using System.Linq;
using QuantMcu.Compiler.Quantization.Layers;

namespace QuantMcu.Compiler.Lowering.CSharp;

/// <summary>Inputs one after the other, <paramref name="Outer"/> times.</summary>
/// <param name="Parts">Neighbouring bytes that each input gives every time.</param>
public sealed record ConcatStep(
    string Title, ImmutableArray<Storage> Inputs, Storage Output, int Outer, ImmutableArray<int> Parts)
    : Step(Title, Inputs, Output)
{
    internal static ConcatStep Lower(ConcatLayer layer, LayerContext context)
    {
        int outer = 1;
        for (int axis = 0; axis < layer.Axis; axis++)
            outer *= context.OutputTensor.Shape[axis];

        var parts = Enumerable.Range(0, layer.Inputs.Length).Select(i => context.InputTensor(i).Elements / outer);
        return new ConcatStep(context.Title(), context.Inputs, context.Output, outer, parts.ToImmutableArray())
        {
            Region = context.Region,
        };
    }
}
