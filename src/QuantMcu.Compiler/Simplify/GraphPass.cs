using System.Threading;
using QuantMcu.Compiler.Graph;

namespace QuantMcu.Compiler.Simplify;

/// <summary>
/// One step of simplification: a graph in, a new graph of the same function out. A pass keeps no state between runs.
/// The two that change what a caller passes or receives (layout, raw codes) say how in <see cref="MapInput"/> and
/// <see cref="MapOutput"/>, so that every pass can be checked against the graph that it was given.
/// </summary>
public abstract class GraphPass
{
    /// <summary>The class name: what a failed check prints.</summary>
    public string Name => GetType().Name;

    public abstract NetworkGraph Run(NetworkGraph graph, CancellationToken cancellation);

    /// <summary>
    /// The value of input <paramref name="index"/> of the result that stands for <paramref name="value"/> in <paramref
    /// name="before"/>.
    /// </summary>
    public virtual Tensor MapInput(NetworkGraph before, int index, Tensor value) => value;

    /// <summary>As <see cref="MapInput"/>, for an output.</summary>
    public virtual Tensor MapOutput(NetworkGraph before, int index, Tensor value) => value;
}

/// <summary>A pass that looks at one node at a time, in execution order.</summary>
public abstract class NodePass : GraphPass
{
    public sealed override NetworkGraph Run(NetworkGraph graph, CancellationToken cancellation)
    {
        var rewriter = new GraphRewriter(graph);
        foreach (var node in graph.Nodes)
        {
            cancellation.ThrowIfCancellationRequested();
            if (!Rewrite(rewriter, node))
                rewriter.Keep(node);
        }

        return rewriter.Finish();
    }

    /// <summary>Emits what replaces <paramref name="node"/> and maps its outputs; or returns false to keep the node.</summary>
    protected abstract bool Rewrite(GraphRewriter rewriter, Node node);
}
