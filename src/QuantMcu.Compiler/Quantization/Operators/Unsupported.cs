using QuantMcu.Compiler.Diagnostics;
using QuantMcu.Compiler.Graph;

namespace QuantMcu.Compiler.Quantization.Operators;

/// <summary>The diagnostics of nodes that have no integer form.</summary>
internal static class Unsupported
{
    public static ModelException Operator(Node node, string remedy) =>
        new(QuantizationRules.UnsupportedOperator, node.Name, node.Operator.Name, node.Output.Name, remedy);

    public static ModelException Form(Node node, string what, string remedy) =>
        new(QuantizationRules.UnsupportedForm, node.Name, node.Operator.Name, node.Output.Name, what, remedy);

    public static ModelException Overflow(Node node, string what) =>
        new(QuantizationRules.AccumulatorOverflow, node.Name, node.Operator.Name, node.Output.Name, what);
}
