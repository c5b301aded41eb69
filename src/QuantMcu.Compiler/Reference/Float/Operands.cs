using System;
using System.Threading;
using QuantMcu.Compiler.Diagnostics;
using QuantMcu.Compiler.Graph;

namespace QuantMcu.Compiler.Reference.Float;

/// <summary>What one evaluation of a node works on: the values of its inputs and the types of its outputs.</summary>
internal readonly struct Operands(Node node, Tensor?[] inputs, CancellationToken cancellation)
{
    public int Count => inputs.Length;

    /// <summary>The type of the only output.</summary>
    public TensorType Output => node.Output.Type;

    public CancellationToken Cancellation => cancellation;

    /// <summary>A required input.</summary>
    public Tensor this[int index] => Optional(index) ?? throw Invalid("input " + index + " is missing");

    public Tensor? Optional(int index) => index < inputs.Length ? inputs[index] : null;

    public TensorType OutputAt(int index) => node.Outputs[index].Type;

    public ModelException Invalid(string what) => new(OnnxRules.InvalidNode, node.Name, node.Operator.Name, what);

    /// <summary>The only output, computed element by element from input 0.</summary>
    public Tensor Map(Func<double, double> function)
    {
        var values = this[0].ToDoubles();
        for (int i = 0; i < values.Length; i++)
            values[i] = function(values[i]);

        return TensorData.FromDoubles(Output, values);
    }
}
