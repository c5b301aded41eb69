using System.Collections.Generic;
using System.Linq;
using QuantMcu.Compiler.Diagnostics;
using QuantMcu.Compiler.Quantization.Layers;

namespace QuantMcu.Compiler.Quantization.Invariants;

/// <summary>
/// What every back end may rely on: tensors are written once and before they are read, shapes fit, quantizers are shared where a layer only
/// moves codes, and no int32 can overflow for any input. A network that breaks one is a defect of this compiler, not of the model.
/// </summary>
public static class NetworkInvariants
{
    /// <exception cref="ModelException">The network breaks an invariant (<see cref="QuantizationRules.InconsistentNetwork"/>).</exception>
    public static void Verify(QuantizedNetwork network)
    {
        VerifyTensors(network);
        VerifyOrder(network);
        foreach (var layer in network.Layers)
            LayerInvariants.Verify(network, layer);

        if (network.Patches is { } patches)
            PatchInvariants.Verify(network, patches);
    }

    internal static void Require(bool condition, string layer, string @operator, string what)
    {
        if (!condition)
            throw new ModelException(QuantizationRules.InconsistentNetwork, layer, @operator, what);
    }

    private static void VerifyTensors(QuantizedNetwork network)
    {
        foreach (var tensor in network.Tensors)
        {
            var quantizer = tensor.Quantizer;
            bool finite = quantizer.Scale > 0 && !double.IsInfinity(quantizer.Scale);
            Require(finite, tensor.Name, "tensor", "its scale is " + quantizer.Scale);
            Require(quantizer.Bits is 8 or 4 or 2, tensor.Name, "tensor", "it has " + quantizer.Bits + " bits");
            Require(quantizer.SpareBits >= 0 && quantizer.CodeBits >= 2, tensor.Name, "tensor", "its codes use " + quantizer.CodeBits + " bits");
            Require(quantizer.ZeroPoint >= 0 && quantizer.ZeroPoint <= quantizer.MaxCode, tensor.Name, "tensor", "its zero point is no code");
            if (tensor.Constant is not { } constant)
                continue;

            Require(constant.Length == tensor.Elements, tensor.Name, "tensor", "its codes do not fill its shape");
            Require(constant.All(code => code <= quantizer.MaxCode), tensor.Name, "tensor", "it has constants that are no codes");
        }
    }

    private static void VerifyOrder(QuantizedNetwork network)
    {
        var written = new HashSet<int>();
        for (int i = 0; i < network.Tensors.Length; i++)
        {
            if (network.Tensors[i].Constant is not null)
                written.Add(i);
        }

        foreach (var port in network.Inputs)
            Require(written.Add(port.Tensor), port.Name, "input", "its tensor has another source");

        if (network.Patches is { Output: var split })
            Require(Exists(network, split) && written.Add(split), network.Name, "patch stage", "its tensor " + split + " has another source");

        foreach (var layer in network.Layers)
        {
            foreach (int input in layer.Inputs)
                Require(written.Contains(input), layer.Name, layer.Operator, "input tensor " + input + " is read before it is written");

            Require(Exists(network, layer.Output) && written.Add(layer.Output), layer.Name, layer.Operator, "output tensor " + layer.Output + " is written twice");
        }

        foreach (var port in network.Outputs)
            Require(written.Contains(port.Tensor), port.Name, "output", "no layer writes it");
    }

    private static bool Exists(QuantizedNetwork network, int tensor) => tensor >= 0 && tensor < network.Tensors.Length;
}
