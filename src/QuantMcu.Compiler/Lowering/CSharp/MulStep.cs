using System.Collections.Immutable;
using QuantMcu.Compiler.Quantization;
using QuantMcu.Compiler.Quantization.Layers;

namespace QuantMcu.Compiler.Lowering.CSharp;

/// <summary>Product of two tensors that broadcast.</summary>
public sealed record MulStep(
    string Title, ImmutableArray<Storage> Inputs, Storage Output, LoopNest Loops, int ZeroA, int ZeroB,
        Requantization Requantization)
    : Step(Title, Inputs, Output)
{
    internal static MulStep Lower(MulLayer layer, LayerContext context)
    {
        int zeroA = context.InputTensor(0).Quantizer.ZeroPoint, zeroB = context.InputTensor(1).Quantizer.ZeroPoint;
        return new MulStep(
            context.Title(), context.Inputs, context.Output, BinaryLoops.Of(context), zeroA, zeroB, layer.Requantization)
        {
            Region = context.Region,
        };
    }
}
