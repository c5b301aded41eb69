using QuantMcu.Compiler.Graph.Operators;

namespace QuantMcu.Compiler.Calibration.Execution;

/// <summary>Which kernel runs a node.</summary>
internal static class KernelSelector
{
    /// <summary>The fastest kernel that takes the node, or null: the float interpreter evaluates it.</summary>
    public static FloatKernel? Select(KernelRequest request) => request.Node.Operator switch
    {
        Conv conv => (FloatKernel?)DepthwiseConvKernel.TryCreate(conv, request) ?? ConvKernel.TryCreate(conv, request),
        MaxPool pool => PoolKernel.TryCreate(pool, request),
        AveragePool pool => PoolKernel.TryCreate(pool, request),
        Reduce reduce => ReduceKernel.TryCreate(reduce, request),
        Binary binary => BinaryKernel.TryCreate(binary, request),
        PRelu => BinaryKernel.TryCreatePRelu(request),
        Clip clip => UnaryKernel.Create(clip, request),
        Unary unary => UnaryKernel.TryCreate(unary, request),
        Concat concat => ConcatKernel.Create(concat, request),
        _ => null,
    };
}
