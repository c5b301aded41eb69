using System;
using System.Collections.Generic;
using QuantMcu.Compiler.Diagnostics;
using QuantMcu.Compiler.Graph.Import.Nodes;
using QuantMcu.Compiler.Graph.Operators;

namespace QuantMcu.Compiler.Graph.Import;

/// <summary>Every ONNX operator that is read, with the opsets that define it and the importer that reads it.</summary>
internal static class OperatorTable
{
    private const int Newest = 22;

    private static readonly Dictionary<string, Entry> Entries = new()
    {
        ["Abs"] = Unary(UnaryKind.Abs),
        ["Add"] = Binary(BinaryKind.Add),
        ["ArgMax"] = new(1, ArgMaxImport.Import),
        ["AveragePool"] = new(1, PoolImport.AveragePool),
        ["BatchNormalization"] = new(1, BatchNormalizationImport.Import),
        ["Cast"] = new(1, CastImport.Import),
        ["Ceil"] = Unary(UnaryKind.Ceil),
        ["Clip"] = new(1, ClipImport.Clip),
        ["Concat"] = new(1, ConcatImport.Import),
        ["Constant"] = new(1, ConstantImport.Constant),
        ["ConstantOfShape"] = new(9, ConstantImport.ConstantOfShape),
        ["Conv"] = new(1, ConvImport.Conv),
        ["ConvInteger"] = new(10, QLinearConvImport.ConvInteger),
        ["DequantizeLinear"] = new(10, QuantizeImport.Dequantize),
        ["Div"] = Binary(BinaryKind.Div),
        ["Dropout"] = new(1, DropoutImport.Import),
        ["DynamicQuantizeLinear"] = new(11, QuantizeImport.Dynamic),
        ["Elu"] = new(1, node => UnaryImport.Import(node, UnaryKind.Elu, alpha: 1f)),
        ["Erf"] = Unary(UnaryKind.Erf, 9),
        ["Exp"] = Unary(UnaryKind.Exp),
        ["Expand"] = new(8, ExpandImport.Import),
        ["Flatten"] = new(1, ReshapeImport.Flatten),
        ["Floor"] = Unary(UnaryKind.Floor),
        ["Gather"] = new(1, GatherImport.Import),
        ["Gelu"] = new(20, UnaryImport.Gelu),
        ["Gemm"] = new(1, MatrixImport.Gemm),
        ["GlobalAveragePool"] = new(1, node => ReduceImport.Global(node, ReduceKind.Mean)),
        ["GlobalMaxPool"] = new(1, node => ReduceImport.Global(node, ReduceKind.Max)),
        ["HardSigmoid"] = new(1, node => UnaryImport.Import(node, UnaryKind.HardSigmoid, alpha: 0.2f, beta: 0.5f)),
        ["HardSwish"] = Unary(UnaryKind.HardSwish, 14),
        ["Identity"] = new(1, IdentityImport.Import),
        ["LeakyRelu"] = new(1, node => UnaryImport.Import(node, UnaryKind.LeakyRelu, alpha: 0.01f)),
        ["Log"] = Unary(UnaryKind.Log),
        ["LogSoftmax"] = new(1, node => SoftmaxImport.Import(node, log: true)),
        ["MatMul"] = new(1, MatrixImport.MatMul),
        ["MatMulInteger"] = new(10, QLinearMatMulImport.MatMulInteger),
        ["Max"] = new(1, node => BinaryImport.Variadic(node, BinaryKind.Max)),
        ["MaxPool"] = new(1, PoolImport.MaxPool),
        ["Min"] = new(1, node => BinaryImport.Variadic(node, BinaryKind.Min)),
        ["Mish"] = Unary(UnaryKind.Mish, 18),
        ["Mul"] = Binary(BinaryKind.Mul),
        ["Neg"] = Unary(UnaryKind.Neg),
        ["PRelu"] = new(1, PReluImport.Import),
        ["Pad"] = new(1, PadImport.Import),
        ["Pow"] = new(1, BinaryImport.Pow),
        ["QLinearConv"] = new(10, QLinearConvImport.QLinearConv),
        ["QLinearMatMul"] = new(10, QLinearMatMulImport.QLinearMatMul),
        ["QuantizeLinear"] = new(10, QuantizeImport.Quantize),
        ["Reciprocal"] = Unary(UnaryKind.Reciprocal),
        ["ReduceMax"] = new(1, node => ReduceImport.Reduce(node, ReduceKind.Max)),
        ["ReduceMean"] = new(1, node => ReduceImport.Reduce(node, ReduceKind.Mean)),
        ["ReduceSum"] = new(1, node => ReduceImport.Reduce(node, ReduceKind.Sum)),
        ["Relu"] = new(1, ClipImport.Relu),
        ["Reshape"] = new(5, ReshapeImport.Reshape),
        ["Resize"] = new(10, ResizeImport.Resize),
        ["Round"] = Unary(UnaryKind.Round, 11),
        ["Selu"] = new(1, node => UnaryImport.Import(node, UnaryKind.Selu, alpha: 1.67326319f, beta: 1.05070102f)),
        ["Shape"] = new(1, ConstantImport.ShapeOf),
        ["Sigmoid"] = Unary(UnaryKind.Sigmoid),
        ["Sign"] = Unary(UnaryKind.Sign, 9),
        ["Slice"] = new(1, SliceImport.Import),
        ["Softmax"] = new(1, node => SoftmaxImport.Import(node, log: false)),
        ["Softplus"] = Unary(UnaryKind.Softplus),
        ["Split"] = new(2, SplitImport.Import),
        ["Sqrt"] = Unary(UnaryKind.Sqrt),
        ["Squeeze"] = new(1, ReshapeImport.Squeeze),
        ["Sub"] = Binary(BinaryKind.Sub),
        ["Sum"] = new(1, node => BinaryImport.Variadic(node, BinaryKind.Add)),
        ["Tanh"] = Unary(UnaryKind.Tanh),
        ["Transpose"] = new(1, TransposeImport.Import),
        ["Unsqueeze"] = new(1, ReshapeImport.Unsqueeze),
        ["Upsample"] = new(7, ResizeImport.Upsample, until: 9),
    };

    /// <summary>Operators that are not read, with what does the same.</summary>
    private static readonly Dictionary<string, string> Nearest = new()
    {
        ["ArgMin"] = "Neg, then ArgMax",
        ["CastLike"] = "Cast",
        ["ConvTranspose"] = "Resize (nearest), then Conv",
        ["DepthToSpace"] = "Reshape, Transpose, Reshape",
        ["GlobalLpPool"] = "GlobalAveragePool",
        ["GroupNormalization"] = "BatchNormalization",
        ["InstanceNormalization"] = "BatchNormalization",
        ["LRN"] = "BatchNormalization",
        ["LayerNormalization"] = "BatchNormalization",
        ["LpPool"] = "AveragePool",
        ["Mean"] = "Sum, then Mul by a constant",
        ["ReduceMin"] = "Neg, ReduceMax, Neg",
        ["Softsign"] = "Tanh",
        ["SpaceToDepth"] = "Reshape, Transpose, Reshape",
        ["Swish"] = "Sigmoid, then Mul",
        ["ThresholdedRelu"] = "Relu",
        ["Tile"] = "Concat, or Expand",
    };

    /// <summary>The names of the operators that are read.</summary>
    public static IReadOnlyCollection<string> Names => Entries.Keys;

    /// <exception cref="ModelException">The operator, or this form of it, is not supported, or breaks ONNX's rules.</exception>
    public static void Import(OnnxNode node)
    {
        if (!node.IsDefaultDomain)
            throw Unsupported(node, node.Domain + "." + node.Operator, "Nearest supported form: operators of the default ONNX domain only.");
        if (!Entries.TryGetValue(node.Operator, out var entry))
            throw Unsupported(node, node.Operator, Hint(node.Operator));
        if (node.Opset < entry.Since)
            throw Unsupported(node, node.Operator, "Nearest supported form: the same operator in opset " + entry.Since + " or later, which defines it.");
        if (node.Opset > entry.Until)
            throw Unsupported(node, node.Operator, "Nearest supported form: Resize, which replaced it in opset " + (entry.Until + 1) + ".");
        if (node.OutputCount == 0)
            throw node.Invalid("it has no outputs");

        entry.Import(node);
        node.CheckAllAsked();
    }

    private static string Hint(string @operator) => Nearest.TryGetValue(@operator, out string? nearest)
        ? "Nearest supported form: " + nearest + "."
        : "Nearest supported form: the same computed by operators that docs/operators.md lists.";

    private static ModelException Unsupported(OnnxNode node, string @operator, string hint) =>
        new(OnnxRules.UnsupportedOperator, node.Name, @operator, node.Opset, hint);

    private static Entry Unary(UnaryKind kind, int since = 1) => new(since, node => UnaryImport.Import(node, kind));

    private static Entry Binary(BinaryKind kind) => new(1, node => BinaryImport.Import(node, kind));

    private sealed class Entry
    {
        public Entry(int since, Action<OnnxNode> import, int until = Newest)
        {
            Since = since;
            Until = until;
            Import = import;
        }

        public int Since { get; }

        public int Until { get; }

        public Action<OnnxNode> Import { get; }
    }
}
