using System;
using QuantMcu.Compiler.Graph;
using QuantMcu.Compiler.Quantization;

namespace QuantMcu.Compiler.Reference.Integer;

/// <summary>The codes of all tensors while a network is being executed.</summary>
internal sealed class IntegerTensors
{
    private readonly QuantizedNetwork network;

    public IntegerTensors(QuantizedNetwork network)
    {
        this.network = network;
        All = new byte[network.Tensors.Length][];
        for (int i = 0; i < All.Length; i++)
            All[i] = network.Tensors[i].Constant ?? new byte[network.Tensors[i].Elements];
    }

    public byte[][] All { get; }

    public byte[] Codes(int tensor) => All[tensor];

    public Shape Shape(int tensor) => network.Tensors[tensor].Shape;

    public int ZeroPoint(int tensor) => network.Tensors[tensor].Quantizer.ZeroPoint;

    public int MaxCode(int tensor) => network.Tensors[tensor].Quantizer.MaxCode;

    public void SetInput(int tensor, byte[] codes)
    {
        if (codes.Length != All[tensor].Length)
        {
            string name = network.Tensors[tensor].Name;
            throw new ArgumentException("Input '" + name + "' takes " + All[tensor].Length + " codes, not " + codes.Length + ".");
        }

        All[tensor] = codes;
    }
}
