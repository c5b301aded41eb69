using System.Collections.Immutable;
using System.Linq;
using QuantMcu.Compiler.Graph.Operators;

namespace QuantMcu.Compiler.Graph.Import.Nodes;

internal static class TransposeImport
{
    public static void Import(OnnxNode node)
    {
        var x = node.Input(0);
        int rank = x.Shape.Rank;
        long[] permutation = node.Attributes.Integers("perm") ?? Enumerable.Range(0, rank).Select(axis => (long)(rank - 1 - axis)).ToArray();
        if (permutation.Length != rank)
            throw node.Invalid("perm has " + permutation.Length + " entries for shape " + x.Shape);

        node.Return(new Transpose(permutation.Select(axis => node.Axis(axis, rank)).ToImmutableArray()), x);
    }
}
