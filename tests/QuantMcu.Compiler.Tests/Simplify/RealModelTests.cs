using System;
using System.Linq;
using System.Threading;
using QuantMcu.Compiler.Calibration;
using QuantMcu.Compiler.Graph;
using QuantMcu.Compiler.Graph.Operators;
using QuantMcu.Compiler.Simplify;
using QuantMcu.Testing;
using Xunit;

namespace QuantMcu.Compiler.Tests.Simplify;

public sealed class RealModelTests
{
    [ModelsTheory]
    [InlineData("dscnn_kws", "1 Conv, 9 Conv+Relu, 1 ReduceMean, 1 Reshape")]
    [InlineData("keyword", "1 Conv, 9 Conv+Relu, 1 ReduceMean, 1 Reshape")]
    [InlineData("keyword_bn", "1 Conv, 9 Conv+Relu, 1 ReduceMean, 1 Reshape")]
    [InlineData("meter", "7 Add, 14 Conv, 27 Conv+Clip, 1 ReduceMean, 1 Reshape")]
    [InlineData("meter_bn", "7 Add, 14 Conv, 27 Conv+Clip, 1 ReduceMean, 1 Reshape")]
    [InlineData("mnist_dw", "1 Conv, 4 Conv+Relu, 1 ReduceMean, 1 Reshape")]
    [InlineData("mnist_resnet", "1 Add, 3 Conv, 2 Conv+Relu, 2 Reshape")]
    [InlineData("mobilenetv1_w025_r128_imagenet", "1 Conv, 27 Conv+Clip, 1 ReduceMean, 1 Reshape")]
    [InlineData("mobilenetv1_w025_r224_imagenet", "1 Conv, 27 Conv+Clip, 1 ReduceMean, 1 Reshape")]
    [InlineData("mobilenetv1_w025_r224_imagenet_bn", "1 Conv, 27 Conv+Clip, 1 ReduceMean, 1 Reshape")]
    [InlineData("mobilenetv2_tiny_cifar10", "5 Add, 11 Conv, 21 Conv+Clip, 1 ReduceMean, 1 Reshape")]
    [InlineData("mobilenetv2_tiny_cifar10_bn", "5 Add, 11 Conv, 21 Conv+Clip, 1 ReduceMean, 1 Reshape")]
    [InlineData("mobilenetv2_w035_r128_imagenet", "10 Add, 18 Conv, 34 Conv+Clip, 1 ReduceMean, 1 Reshape")]
    [InlineData("mobilenetv2_w100_r224_imagenet", "10 Add, 18 Conv, 35 Conv+Clip, 1 ReduceMean, 1 Reshape")]
    [InlineData("resnet8_cifar10", "3 Add+Relu, 6 Conv, 4 Conv+Relu, 1 ReduceMean, 1 Reshape")]
    [InlineData("resnet8_cifar10_bn", "3 Add+Relu, 6 Conv, 4 Conv+Relu, 1 ReduceMean, 1 Reshape")]
    [InlineData("vww_mobilenetv1_w025_r96", "1 Conv, 27 Conv+Relu, 1 ReduceMean, 1 Reshape")]
    [InlineData("vww_mobilenetv1_w025_r96_bn", "1 Conv, 27 Conv+Relu, 1 ReduceMean, 1 Reshape")]
    public void Run_leaves_exactly_these_operators(string name, string operators)
    {
        var source = Simplified.Model(name);

        var graph = Simplifier.Run(source, AnyPreprocessing(source), CancellationToken.None);

        Assert.Equal(operators, Simplified.Counts(graph));
        Assert.Equal(ImageLayout.ChannelsLast(source.Inputs[0].Shape), Assert.Single(graph.Inputs).Shape);
        Assert.Equal(source.Outputs[0].Name, Assert.Single(graph.Outputs).Name);
        Assert.Equal(source.Outputs[0].Type, graph.Outputs[0].Type);
    }

    [ModelsTheory]
    [InlineData("dscnn_kws")]
    [InlineData("keyword_bn")]
    [InlineData("mnist_dw")]
    [InlineData("mnist_resnet")]
    [InlineData("resnet8_cifar10_bn")]
    [InlineData("mobilenetv2_tiny_cifar10_bn")]
    [InlineData("meter_bn")]
    public void Every_pass_keeps_the_function_of_small_models(string name)
    {
        var source = Simplified.Model(name);

        Simplified.Verified(source, AnyPreprocessing(source));
    }

    [ModelsTheory]
    [InlineData("mobilenetv1_w025_r128_imagenet")]
    [InlineData("mobilenetv1_w025_r224_imagenet")]
    [InlineData("mobilenetv2_w035_r128_imagenet")]
    [InlineData("mobilenetv2_w100_r224_imagenet")]
    [InlineData("vww_mobilenetv1_w025_r96")]
    public void Run_keeps_the_function_of_large_models(string name)
    {
        var source = Simplified.Model(name);
        var graph = Simplifier.Run(source, null, CancellationToken.None);
        var input = Simplified.RandomInputs(source, seed: 1)[0];

        var expected = new FloatExecutor(source).Run([input])[0];
        var actual = new FloatExecutor(graph).Run([ImageLayout.ChannelsLast(input)])[0];

        AssertClose(expected, actual);
    }

    [ModelsTheory]
    [InlineData("keyword")]
    [InlineData("meter")]
    [InlineData("mobilenetv1_w025_r224_imagenet")]
    [InlineData("mobilenetv2_tiny_cifar10")]
    [InlineData("resnet8_cifar10")]
    [InlineData("vww_mobilenetv1_w025_r96")]
    public void A_network_with_batch_normalization_simplifies_to_its_folded_twin(string name)
    {
        var folded = Simplifier.Run(Simplified.Model(name), null, CancellationToken.None);
        var normalized = Simplifier.Run(Simplified.Model(name + "_bn"), null, CancellationToken.None);
        var input = Simplified.RandomInputs(folded, seed: 1);

        Assert.Equal(Simplified.Operators(folded), Simplified.Operators(normalized));
        Assert.Equal(folded.Nodes.Select(node => node.Output.Type), normalized.Nodes.Select(node => node.Output.Type));
        AssertClose(new FloatExecutor(folded).Run(input)[0], new FloatExecutor(normalized).Run(input)[0]);
    }

    [ModelsTheory]
    [InlineData("mobilenetv2_tiny_cifar10_bn")]
    [InlineData("resnet8_cifar10")]
    public void Run_again_changes_nothing(string name)
    {
        var once = Simplifier.Run(Simplified.Model(name), null, CancellationToken.None);

        var twice = Simplifier.Run(once, null, CancellationToken.None);

        Assert.Equal(once.Nodes.Select(node => node.ToString()), twice.Nodes.Select(node => node.ToString()));
        Assert.Equal(once.Inputs[0].Type, twice.Inputs[0].Type);
    }

    [ModelsFact]
    public void Values_that_survive_keep_their_names()
    {
        var graph = Simplifier.Run(Simplified.Model("keyword_bn"), null, CancellationToken.None);

        Assert.Equal(
            ["conv1_relu_out", "conv2_relu_out", "conv3_relu_out"],
            graph.Nodes.Where(node => node.Operator is Conv).Take(3).Select(node => node.Output.Name));
    }

    [ModelsFact]
    public void Run_stops_when_cancelled()
    {
        var source = Simplified.Model("mnist_dw");

        Assert.Throws<OperationCanceledException>(() => Simplifier.Run(source, null, new CancellationToken(canceled: true)));
    }

    private static InputPreprocessing AnyPreprocessing(NetworkGraph source)
    {
        int channels = source.Inputs[0].Shape[1];
        double[] From(double first) => Enumerable.Range(0, channels).Select(c => first + c).ToArray();
        return Simplified.Preprocessing(From(120.5), From(60));
    }

    private static void AssertClose(Tensor expected, Tensor actual)
    {
        double largest = expected.Floats.Max(Math.Abs);
        double error = expected.Floats.Zip(actual.Floats, (a, b) => Math.Abs((double)a - b)).Max();

        Assert.Equal(expected.Shape, actual.Shape);
        Assert.True(error <= Simplified.Tolerance * largest, "differs by " + error + " of " + largest);
    }
}
