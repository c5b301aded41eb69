using System;
using System.Linq;
using QuantMcu.Compiler.Graph;
using QuantMcu.Compiler.Reference.Float;

namespace QuantMcu.Compiler.Quantization.Operators;

/// <summary>Tables of elementwise nodes, from the float reference itself.</summary>
internal static class FunctionTable
{
    /// <summary>For every code of the input the code of the node's result.</summary>
    /// <param name="node">An elementwise node.</param>
    /// <param name="input">Quantizer of its activation.</param>
    /// <param name="output">Quantizer of its result.</param>
    /// <param name="operands">The node's inputs, given the activation.</param>
    public static byte[] Of(Node node, Quantizer input, Quantizer output, Func<Tensor, Tensor[]> operands)
    {
        var shape = new Shape(input.MaxCode + 1);
        var reals = Tensor.Of(shape, Enumerable.Range(0, input.MaxCode + 1).Select(code => (float)input.Real(code)).ToArray());
        var single = new Node(node.Name, node.Operator, node.Inputs, [new Value(node.Output.Name, new TensorType(ElementType.Float32, shape))]);
        var results = FloatInterpreter.Evaluate(single, operands(reals))[0].Floats;
        return Array.ConvertAll(results, real => (byte)output.Code(real));
    }
}
