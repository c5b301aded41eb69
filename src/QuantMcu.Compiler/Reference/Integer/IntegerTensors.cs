using System;
using System.Collections.Generic;
using QuantMcu.Compiler.Graph;
using QuantMcu.Compiler.Quantization;

namespace QuantMcu.Compiler.Reference.Integer;

/// <summary>The codes of all tensors while a network is being executed.</summary>
internal sealed class IntegerTensors
{
    private readonly IReadOnlyList<QuantizedTensor> tensors;
    private readonly List<byte[]> codes = [];

    public IntegerTensors(IReadOnlyList<QuantizedTensor> tensors)
    {
        this.tensors = tensors;
        Grow();
    }

    /// <summary>Codes of every tensor.</summary>
    public byte[][] All => codes.ToArray();

    /// <summary>Makes room for tensors that the list has gained.</summary>
    public void Grow()
    {
        for (int i = codes.Count; i < tensors.Count; i++)
            codes.Add(tensors[i].Constant ?? new byte[tensors[i].Elements]);
    }

    public byte[] Codes(int tensor) => codes[tensor];

    public Shape Shape(int tensor) => tensors[tensor].Shape;

    public int ZeroPoint(int tensor) => tensors[tensor].Quantizer.ZeroPoint;

    public int MaxCode(int tensor) => tensors[tensor].Quantizer.MaxCode;

    public void SetInput(int tensor, byte[] input)
    {
        int expected = codes[tensor].Length;
        if (input.Length != expected)
            throw new ArgumentException("Input '" + tensors[tensor].Name + "' takes " + expected + " codes, not " + input.Length + ".");

        Set(tensor, input);
    }

    public void Set(int tensor, byte[] values) => codes[tensor] = values;
}
