using System.Linq;
using QuantMcu.Compiler.Graph.Operators;

namespace QuantMcu.Compiler.Graph.Import.Nodes;

/// <summary>
/// Softmax and LogSoftmax. Since opset 13 they run along one axis; before, they ran along all axes from one on, which is
/// the new form between two reshapes.
/// </summary>
internal static class SoftmaxImport
{
    public static void Import(OnnxNode node, bool log)
    {
        var x = node.Float(0);
        int axis = node.Axis(node.Attributes.Int("axis", node.Opset < 13 ? 1 : -1), x.Shape.Rank);
        if (node.Opset >= 13 || x.Shape.Skip(axis + 1).All(dimension => dimension == 1))
        {
            node.Return(new Softmax(axis, log), x);
            return;
        }

        var matrix = node.Add("matrix", new Reshape(ReshapeImport.Matrix(x.Shape, axis)), x);
        node.Return(new Reshape(x.Shape), node.Add("rows", new Softmax(1, log), matrix));
    }
}
