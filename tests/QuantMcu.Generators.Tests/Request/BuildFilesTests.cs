using System.IO;
using System.Linq;
using System.Xml.Linq;
using QuantMcu.Generators.Request;
using QuantMcu.Testing;
using Xunit;

namespace QuantMcu.Generators.Tests.Request;

/// <summary>What the package's MSBuild file says is what the generator reads.</summary>
public class BuildFilesTests
{
    private static readonly XElement Props = XElement.Load(
        Path.Combine(ModelsFolder.Repository, "generators", "QuantMcu.Generators", "build", "QuantMcu.Generators.props"));

    [Fact]
    public void Every_option_is_visible_as_item_metadata() => Assert.Equal(
        CandidateFile.MetadataNames.Order(),
        Props.Descendants("CompilerVisibleItemMetadata").Select(item => item.Attribute("MetadataName")!.Value).Order());

    [Fact]
    public void Models_and_samples_are_AdditionalFiles() =>
        Assert.Equal("**/*.onnx;**/*.npy", Props.Descendants("AdditionalFiles").Single().Attribute("Include")!.Value);
}
