using System.Collections.Generic;
using QuantMcu.Compiler.Graph;

namespace QuantMcu.Compiler.Quantization;

/// <summary>A quantized network and where it came from.</summary>
/// <param name="Tensors">The tensor of every activation of the float network; a value that an operator only renames has its source's.</param>
internal sealed record QuantizedGraph(QuantizedNetwork Network, IReadOnlyDictionary<Value, int> Tensors);
