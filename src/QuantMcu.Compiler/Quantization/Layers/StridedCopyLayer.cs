using System.Collections.Immutable;

namespace QuantMcu.Compiler.Quantization.Layers;

/// <summary>
/// y[i0, i1, ...] = x[Offset + i0 * Strides[0] + i1 * Strides[1] + ...], in elements of x taken row-major: slices (steps of either sign), splits,
/// transposes and expansions are all this. Input and output share their quantizer.
/// </summary>
/// <param name="Function">"Slice", "Transpose", "Expand", for reports.</param>
/// <param name="Strides">One per axis of the output.</param>
public sealed record StridedCopyLayer(
    string Name, ImmutableArray<int> Inputs, int Output, string Function, int Offset, ImmutableArray<int> Strides)
    : QuantizedLayer(Name, Inputs, Output)
{
    public override string Operator => Function;
}
