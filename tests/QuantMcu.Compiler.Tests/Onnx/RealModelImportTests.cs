using System.IO;
using System.Linq;
using System.Threading;
using QuantMcu.Compiler.Graph;
using QuantMcu.Compiler.Graph.Import;
using QuantMcu.Testing;
using Xunit;

namespace QuantMcu.Compiler.Tests.Onnx;

public sealed class RealModelImportTests
{
    [ModelsTheory]
    [InlineData("dscnn_kws", "1x1x49x10", "1x12")]
    [InlineData("keyword", "1x1x49x10", "1x12")]
    [InlineData("keyword_bn", "1x1x49x10", "1x12")]
    [InlineData("meter", "1x1x96x96", "1x11")]
    [InlineData("meter_bn", "1x1x96x96", "1x11")]
    [InlineData("mnist_dw", "1x1x28x28", "1x10")]
    [InlineData("mnist_resnet", "1x1x28x28", "1x10")]
    [InlineData("mobilenetv1_w025_r128_imagenet", "1x3x128x128", "1x1000")]
    [InlineData("mobilenetv1_w025_r224_imagenet", "1x3x224x224", "1x1000")]
    [InlineData("mobilenetv1_w025_r224_imagenet_bn", "1x3x224x224", "1x1000")]
    [InlineData("mobilenetv2_tiny_cifar10", "1x3x32x32", "1x10")]
    [InlineData("mobilenetv2_tiny_cifar10_bn", "1x3x32x32", "1x10")]
    [InlineData("mobilenetv2_w035_r128_imagenet", "1x3x128x128", "1x1000")]
    [InlineData("mobilenetv2_w100_r224_imagenet", "1x3x224x224", "1x1000")]
    [InlineData("resnet8_cifar10", "1x3x32x32", "1x10")]
    [InlineData("resnet8_cifar10_bn", "1x3x32x32", "1x10")]
    [InlineData("vww_mobilenetv1_w025_r96", "1x3x96x96", "1x2")]
    [InlineData("vww_mobilenetv1_w025_r96_bn", "1x3x96x96", "1x2")]
    public void Import_reads_every_real_model(string name, string input, string output)
    {
        byte[] bytes = File.ReadAllBytes(ModelsFolder.Model(name));

        var graph = OnnxImporter.Import(bytes, ImportOptions.Default, CancellationToken.None);

        Assert.Equal(input, Assert.Single(graph.Inputs).Shape.ToString());
        Assert.Equal(output, Assert.Single(graph.Outputs).Shape.ToString());
        Assert.All(graph.Nodes.SelectMany(node => node.Outputs), value => Assert.Equal(ElementType.Float32, value.Type.Element));
    }

    [ModelsFact]
    public void The_list_above_has_every_model_of_the_folder()
    {
        var method = typeof(RealModelImportTests).GetMethod(nameof(Import_reads_every_real_model))!;
        var listed = method.GetCustomAttributesData()
            .Where(attribute => attribute.AttributeType == typeof(InlineDataAttribute))
            .Select(attribute => (System.Collections.Generic.IReadOnlyList<System.Reflection.CustomAttributeTypedArgument>)attribute.ConstructorArguments[0].Value!)
            .Select(arguments => (string)arguments[0].Value!);

        var present = Directory.GetFiles(Path.Combine(ModelsFolder.Root, "models"), "*.onnx").Select(Path.GetFileNameWithoutExtension);

        Assert.Equal(present.OrderBy(name => name), listed.OrderBy(name => name));
    }
}
