using System.Threading;
using QuantMcu.Compiler.Diagnostics;
using QuantMcu.Compiler.Graph;
using QuantMcu.Compiler.Graph.Import;
using QuantMcu.Compiler.Simplify;
using QuantMcu.Testing;
using Xunit;

namespace QuantMcu.Compiler.Tests.Simplify;

/// <summary>Inputs that are valid ONNX and that no integer kernel takes.</summary>
public class RefusedInputTests
{
    [Fact]
    public void Run_refuses_a_tensor_without_elements_by_name()
    {
        byte[] model = new OnnxBuilder().Input("x", 2, 0, 4).Node("Neg", ["x"], ["y"]).Output("y").ToBytes();
        var source = OnnxImporter.Import(model, ImportOptions.Default, CancellationToken.None);

        var error = Assert.Throws<ModelException>(() => Simplifier.Run(source, null, CancellationToken.None));

        Assert.Equal("QMCU2101", error.Diagnostic.Id);
        Assert.Contains("2x0x4", error.Message);
    }

    [Theory]
    [InlineData(ElementType.Int16)]
    [InlineData(ElementType.Int32)]
    [InlineData(ElementType.Int64)]
    public void Run_refuses_integers_wider_than_a_code(ElementType type)
    {
        byte[] model = new OnnxBuilder().Input("x", type, 1, 3, 4, 4).Integers("pads", 0, 0, 1, 1, 0, 0, 1, 1)
            .Node("Pad", ["x", "pads"], ["y"], ("mode", "edge")).Output("y", type).ToBytes();
        var source = OnnxImporter.Import(model, ImportOptions.Default, CancellationToken.None);

        var error = Assert.Throws<ModelException>(() => Simplifier.Run(source, null, CancellationToken.None));

        Assert.Equal("QMCU2101", error.Diagnostic.Id);
        Assert.Contains(type.ToString(), error.Message);
    }
}
