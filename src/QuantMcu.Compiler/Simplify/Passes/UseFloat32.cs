using System.Linq;
using System.Threading;
using QuantMcu.Compiler.Graph;
using QuantMcu.Compiler.Graph.Operators;

namespace QuantMcu.Compiler.Simplify.Passes;

/// <summary>
/// Computes in Float32 what the model computes in half or double: constants, inputs and Casts change their type.
/// </summary>
public sealed class UseFloat32 : GraphPass
{
    public override NetworkGraph Run(NetworkGraph graph, CancellationToken cancellation)
    {
        var rewriter = new GraphRewriter(graph);
        for (int i = 0; i < graph.Inputs.Length; i++)
        {
            if (NeedsChange(graph.Inputs[i].Type.Element))
                rewriter.ReplaceInput(
                    i, new Value(graph.Inputs[i].Name, graph.Inputs[i].Type with { Element = ElementType.Float32 }));
        }

        foreach (var node in graph.Nodes)
        {
            cancellation.ThrowIfCancellationRequested();
            foreach (var constant in node.Inputs.OfType<Value>()
                .Where(value => value.Constant is not null && NeedsChange(value.Type.Element)))
                rewriter.Replace(constant, new Value(constant.Name, Changed(constant.Constant!)));

            rewriter.Keep(node.Operator is Cast cast && NeedsChange(cast.To)
                ? new Node(node.Name, new Cast(ElementType.Float32), node.Inputs, node.Outputs)
                : node);
        }

        return rewriter.Finish();
    }

    public override Tensor MapInput(NetworkGraph before, int index, Tensor value) => Changed(value);

    public override Tensor MapOutput(NetworkGraph before, int index, Tensor value) => Changed(value);

    private static bool NeedsChange(ElementType type) => type.IsFloat() && type != ElementType.Float32;

    private static Tensor Changed(Tensor tensor) =>
        NeedsChange(tensor.Element) ? Tensor.Of(tensor.Shape, (float[])tensor.ToFloats().Clone()) : tensor;
}
