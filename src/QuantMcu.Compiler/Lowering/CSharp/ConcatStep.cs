using System.Collections.Immutable;
using System.Linq;
using QuantMcu.Compiler.Quantization.Layers;

namespace QuantMcu.Compiler.Lowering.CSharp;

/// <summary>Inputs one after the other, <paramref name="Outer"/> times.</summary>
/// <param name="Parts">What each input gives every time: neighbouring bytes, or codes of a line where those lie packed.</param>
public sealed record ConcatStep(
    string Title, ImmutableArray<Storage> Inputs, Storage Output, int Outer, ImmutableArray<int> Parts)
    : Step(Title, Inputs, Output)
{
    internal static ConcatStep Lower(ConcatLayer layer, LayerContext context)
    {
        int outer = 1;
        for (int axis = 0; axis < layer.Axis; axis++)
            outer *= context.OutputTensor.Shape[axis];

        bool bytes = MovesBytesOf(context);
        var parts = Enumerable.Range(0, layer.Inputs.Length).Select(context.InputLayout)
            .Select(input => (bytes ? input.Lines * input.Pitch : input.Elements) / outer);
        return new ConcatStep(context.Title(), context.Inputs, context.Output, outer, parts.ToImmutableArray())
        {
            MovesBytes = bytes,
            Region = bytes ? context.RegionInBytes : context.Region,
        };
    }

    /// <summary>Every part starts on a byte: lines are whole, or all but the last of the parts of a line fill their bytes.</summary>
    private static bool MovesBytesOf(LayerContext context)
    {
        var inputs = context.Layer.Inputs.Select((_, i) => context.InputLayout(i)).Where(input => input.Elements > 0).ToArray();
        var output = context.OutputLayout;
        return inputs.All(input => input.Line == output.Line)
            || inputs.Take(inputs.Length - 1).All(input => input.Bits == output.Bits && input.IsDense);
    }
}
