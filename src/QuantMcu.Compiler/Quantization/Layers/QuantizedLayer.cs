using System.Collections.Immutable;

namespace QuantMcu.Compiler.Quantization.Layers;

/// <summary>
/// One integer operation of a quantized network. Inputs and Output index <see cref="QuantizedNetwork.Tensors"/>. The formula of each layer
/// stands in its docstring and, executable, in Reference/Integer.
/// </summary>
/// <param name="Name">The node's name in the model.</param>
public abstract record QuantizedLayer(string Name, ImmutableArray<int> Inputs, int Output)
{
    /// <summary>What reports and emitted comments call it: Conv, DepthwiseConv, FullyConnected, Add, ...</summary>
    public abstract string Operator { get; }

    /// <summary>Multiply-accumulates of one execution; 0 for layers that multiply nothing.</summary>
    public virtual long Macs(QuantizedNetwork network) => 0;

    /// <summary>Bytes of read-only data that the layer needs: weights, biases, multipliers, tables.</summary>
    public virtual int FlashBytes => 0;
}
