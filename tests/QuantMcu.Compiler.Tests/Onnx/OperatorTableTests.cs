using System;
using System.Linq;
using QuantMcu.Compiler.Graph.Import;
using QuantMcu.Testing;
using Xunit;

namespace QuantMcu.Compiler.Tests.Onnx;

public sealed class OperatorTableTests
{
    [Fact]
    public void Every_operator_that_is_promised_is_read()
    {
        const string Promised =
            "Conv Gemm MatMul BatchNormalization Relu Clip LeakyRelu PRelu HardSwish HardSigmoid Sigmoid Tanh Add Sub Mul Div MaxPool "
            + "AveragePool GlobalAveragePool GlobalMaxPool ReduceMean ReduceSum ReduceMax Concat Split Slice Pad Resize Upsample Reshape "
            + "Flatten Squeeze Unsqueeze Transpose Identity Dropout Constant Shape Gather Cast Softmax LogSoftmax ArgMax Expand "
            + "QuantizeLinear DequantizeLinear QLinearConv QLinearMatMul ConvInteger MatMulInteger DynamicQuantizeLinear";

        Assert.Empty(Promised.Split(' ').Except(OperatorTable.Names));
    }

    [Theory]
    [InlineData("ConvTranspose", "Resize (nearest), then Conv")]
    [InlineData("ReduceMin", "Neg, ReduceMax, Neg")]
    [InlineData("LSTM", "docs/operators.md")]
    public void An_operator_that_is_not_read_is_named_with_its_node_opset_and_nearest_form(string @operator, string nearest)
    {
        var model = new OnnxBuilder(17).Input("x", 1).Node("Relu", ["x"], ["a"]).Node(@operator, ["a"], ["layer7"]).Output("layer7");

        var refusal = Imported.Refusal(model);

        Assert.Equal("QMCU2003", refusal.Id);
        Assert.Contains("Node 'layer7': operator " + @operator + " (opset 17)", refusal.Message, StringComparison.Ordinal);
        Assert.Contains(nearest, refusal.Message, StringComparison.Ordinal);
    }
}
