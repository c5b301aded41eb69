using System.Linq;
using QuantMcu.Compiler.Graph.Operators;
using QuantMcu.Compiler.Quantization;
using Xunit;

namespace QuantMcu.Compiler.Tests.Quantization;

public sealed class FeatureMapsTests
{
    [Fact]
    public void Maps_are_groups_of_values_that_share_a_quantizer_in_execution_order()
    {
        var sketch = new GraphSketch();
        var x = sketch.Input(1, 8, 8, 3);
        var first = sketch.Conv(x, 4, clamp: Clamp.Relu);
        var pooled = sketch.Add(new MaxPool(GraphSketch.Square(2, 2), false, Layout.ChannelsLast), first);
        var second = sketch.Conv(pooled, 4);
        var sum = sketch.Add(new Binary(BinaryKind.Add), pooled, second);
        var y = sketch.Add(new Softmax(1, false), sketch.Add(new Reshape(new Graph.Shape(1, 64)), sum));

        var maps = FeatureMaps.Of(sketch.Build(y), hasRawInput: true);

        Assert.Equal([x, first, second, sum, y], maps.Select(map => map.Value).ToArray());
        Assert.Equal([first, pooled], maps[1].Values.ToArray());
        Assert.Equal("False True True False False", string.Join(" ", maps.Select(map => map.IsFree)));
        Assert.Equal(["Conv0"], maps[1].Producers.Select(node => node.Name));
        Assert.Equal(["Conv2", "Add3"], maps[1].Consumers.Select(node => node.Name));
        Assert.Empty(maps[0].Producers);
    }

    [Fact]
    public void Tensors_that_meet_in_a_concat_are_one_map_with_several_producers()
    {
        var sketch = new GraphSketch();
        var x = sketch.Conv(sketch.Input(1, 6, 6, 4), 4);
        var joined = sketch.Add(new Concat(3), sketch.Conv(x, 5), sketch.Conv(x, 3));

        var map = FeatureMaps.Of(sketch.Build(sketch.Conv(joined, 2)), hasRawInput: false).Single(map => map.Values.Contains(joined));

        Assert.Equal(["Conv1", "Conv2"], map.Producers.Select(node => node.Name));
        Assert.Equal(["Conv4"], map.Consumers.Select(node => node.Name));
        Assert.True(map.IsFree);
    }
}
