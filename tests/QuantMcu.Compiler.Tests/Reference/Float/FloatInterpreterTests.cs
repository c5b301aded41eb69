using System;
using System.Threading;
using QuantMcu.Compiler.Graph;
using QuantMcu.Compiler.Graph.Operators;
using QuantMcu.Compiler.Reference.Float;
using Xunit;
using static QuantMcu.Compiler.Tests.Reference.Float.Evaluating;

namespace QuantMcu.Compiler.Tests.Reference.Float;

public class FloatInterpreterTests
{
    [Fact]
    public void Run_passes_values_along_and_returns_every_output()
    {
        var outputs = FloatInterpreter.Run(AddThenNegate(out _), [Vector(1, 2)], CancellationToken.None);

        Assert.Equal([11f, 22], outputs[0].Floats);
        Assert.Equal([-11f, -22], outputs[1].Floats);
    }

    [Fact]
    public void Run_refuses_inputs_of_another_number_or_type()
    {
        var network = AddThenNegate(out _);

        Tensor[][] wrong = [[], [Vector(1, 2, 3)], [Integers(ElementType.Int8, 1, 2)]];

        foreach (var inputs in wrong)
            Assert.Throws<ArgumentException>(() => FloatInterpreter.Run(network, inputs, CancellationToken.None));
    }

    [Fact]
    public void Run_stops_when_cancelled()
    {
        using var source = new CancellationTokenSource();
        source.Cancel();

        Assert.Throws<OperationCanceledException>(() => FloatInterpreter.Run(AddThenNegate(out _), [Vector(1, 2)], source.Token));
    }

    [Fact]
    public void Evaluate_stops_when_cancelled()
    {
        AddThenNegate(out var node);
        using var source = new CancellationTokenSource();
        source.Cancel();

        Tensor[] operands = [Vector(1, 2), Vector(1, 2)];

        Assert.Throws<OperationCanceledException>(() => FloatInterpreter.Evaluate(node, operands, source.Token));
    }

    /// <summary>Outputs x + (10, 20) and its negative.</summary>
    private static NetworkGraph AddThenNegate(out Node add)
    {
        var input = new Value("x", new TensorType(ElementType.Float32, new Shape(2)));
        add = Node.Create("add", new Binary(BinaryKind.Add), [input, new Value("c", Vector(10, 20))], "sum");
        var negate = Node.Create("negate", new Unary(UnaryKind.Neg), [add.Output], "negative");
        return new NetworkGraph("test", [input], [add.Output, negate.Output], [add, negate]);
    }
}
