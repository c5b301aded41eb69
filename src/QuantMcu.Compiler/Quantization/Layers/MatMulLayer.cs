using System.Collections.Immutable;

namespace QuantMcu.Compiler.Quantization.Layers;

/// <summary>
/// Product of two activations, A[Batch, M, K] by B[Batch, K, N] to Y[Batch, M, N] (the tensors' shapes may differ; the elements are these):
/// acc = sum over k of (a - Za) * (b - Zb), y = Requantization.Apply(acc). An operand with batch 1 serves every batch.
/// </summary>
public sealed record MatMulLayer(
    string Name, ImmutableArray<int> Inputs, int Output, int Batch, int M, int K, int N, bool SharedA, bool SharedB, Requantization Requantization)
    : QuantizedLayer(Name, Inputs, Output)
{
    public override string Operator => "MatMul";

    public override long Macs(QuantizedNetwork network) => (long)Batch * M * K * N;
}
