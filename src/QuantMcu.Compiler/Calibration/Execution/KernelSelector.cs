using QuantMcu.Compiler.Graph.Operators;

namespace QuantMcu.Compiler.Calibration.Execution;

/// <summary>Which kernel runs a node.</summary>
internal static class KernelSelector
{
    /// <summary>The fastest kernel that takes the node, or null: the float interpreter evaluates it.</summary>
    public static FloatKernel? Select(KernelRequest request) => request.Node.Operator switch
    {
        Conv conv => SelectConv(conv, request),
        MaxPool pool => (FloatKernel?)PoolKernel.TryCreate(pool, request) ?? ChannelsFirstKernel.TryCreate(pool, request),
        AveragePool pool => (FloatKernel?)PoolKernel.TryCreate(pool, request) ?? ChannelsFirstKernel.TryCreate(pool, request),
        Gemm gemm => DenseKernel.TryCreate(gemm, request),
        MatMul matMul => DenseKernel.TryCreate(matMul, request),
        Reduce reduce => ReduceKernel.TryCreate(reduce, request),
        Binary binary => BinaryKernel.TryCreate(binary, request),
        PRelu => BinaryKernel.TryCreatePRelu(request),
        Clip clip => UnaryKernel.Create(clip, request),
        Unary unary => UnaryKernel.TryCreate(unary, request),
        Concat concat => ConcatKernel.Create(concat, request),
        _ => null,
    };

    private static FloatKernel? SelectConv(Conv conv, KernelRequest request) =>
        DepthwiseConvKernel.TryCreate(conv, request)
        ?? (FloatKernel?)ConvKernel.TryCreate(conv, request)
        ?? ChannelsFirstKernel.TryCreate(conv, request);
}
