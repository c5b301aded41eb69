using System.Collections.Generic;
using System.Linq;
using System.Threading;
using QuantMcu.Compiler.Calibration;
using QuantMcu.Compiler.Graph;
using QuantMcu.Compiler.Graph.Import;
using QuantMcu.Compiler.Reference.Float;
using QuantMcu.Testing;
using Xunit;

namespace QuantMcu.Conformance.Tests;

/// <summary>Operators that ONNX's selected tests leave out, on hand-computed values.</summary>
public class OperatorsWithoutCasesTests
{
    public static TheoryData<string, float, float> Functions => new()
    {
        { "Ceil", 1.25f, 2 },
        { "Erf", 0.5f, 0.5204999f },
        { "Gelu", 1, 0.8413447f },
        { "Log", 10, 2.3025851f },
        { "Reciprocal", 4, 0.25f },
        { "Selu", -1, -1.1113307f },
        { "Sign", -3, -1 },
    };

    [Theory]
    [MemberData(nameof(Functions))]
    public void Function_has_its_value_on_both_engines(string @operator, float x, float expected)
    {
        byte[] model = new OnnxBuilder(opset: 20).Input("x", 1).Node(@operator, ["x"], ["y"]).Output("y").ToBytes();
        var graph = OnnxImporter.Import(model, ImportOptions.Default, CancellationToken.None);
        Tensor[] inputs = [Tensor.Of(new Shape(1), [x])], wanted = [Tensor.Of(new Shape(1), [expected])];

        var interpreted = FloatInterpreter.Run(graph, inputs, CancellationToken.None);
        var executed = new FloatExecutor(graph).Run(inputs);

        Assert.Null(TensorComparison.Difference("interpreter", wanted, interpreted));
        Assert.Null(TensorComparison.Difference("executor", wanted, executed));
    }

    [ModelsFact]
    public void Every_supported_operator_has_a_case_here_or_there()
    {
        var tested = ConformanceCase.Names.SelectMany(name => new ConformanceCase(name).Operators())
            .Concat(((IEnumerable<object[]>)Functions).Select(row => (string)row[0]));

        Assert.Empty(OperatorTable.Names.Except(tested));
    }
}
