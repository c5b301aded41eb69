using System.Linq;
using QuantMcu.Compiler.Graph.Operators;

namespace QuantMcu.Compiler.Graph.Import.Nodes;

/// <summary>BatchNormalization at inference. Outputs beyond the first are training's; up to opset 13 exporters name them in vain.</summary>
internal static class BatchNormalizationImport
{
    private const string Nearest = "BatchNormalization of a model exported for inference";

    public static void Import(OnnxNode node)
    {
        node.Attributes.Ignore("momentum");
        if (node.Opset < 9 && !node.Attributes.Flag("spatial", true))
            throw node.Unsupported("normalizes every element by itself (spatial = 0)", "BatchNormalization per channel");
        if (node.Opset >= 14 && node.Attributes.Flag("training_mode", false))
            throw node.Unsupported("is in training mode", Nearest);

        // Since opset 15 the parameters may have float types of their own.
        var x = node.Float(0);
        var parameters = Enumerable.Range(1, 4).Select(i => node.Opset < 14 ? node.Like(x, i) : node.Float(i)).ToArray();
        var operation = new BatchNormalization(node.Attributes.Float("epsilon", 1e-5f));
        node.Return(operation, x, parameters[0], parameters[1], parameters[2], parameters[3]);
    }
}
