using System.Threading;
using QuantMcu.Compiler.Diagnostics;
using QuantMcu.Compiler.Graph.Import;
using QuantMcu.Compiler.Simplify;
using QuantMcu.Testing;
using Xunit;

namespace QuantMcu.Compiler.Tests.Simplify;

public class EmptyTensorTests
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
}
