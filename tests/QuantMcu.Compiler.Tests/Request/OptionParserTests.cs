using System.Collections.Generic;
using System.Linq;
using QuantMcu.Compiler.Diagnostics;
using QuantMcu.Compiler.Graph;
using QuantMcu.Compiler.Patching;
using QuantMcu.Compiler.Request;
using QuantMcu.Testing;
using Xunit;

namespace QuantMcu.Compiler.Tests.Request;

public class OptionParserTests
{
    [Fact]
    public void Parse_reads_every_option()
    {
        ParsedOptions parsed = Parse(
            "Mean=127.5,0", "Std=58.2,1e1", "Precision=Int8", "Ram=32768", "Flash=1", "Target=CortexM4", "Code=size", "InputShape=1,3,96,96",
            "Patches=3x4", "Halo=Cache");

        Assert.Empty(parsed.Errors);
        Assert.Equal(new[] { 127.5, 0 }, parsed.Options.Mean.ToArray());
        Assert.Equal(new[] { 58.2, 10 }, parsed.Options.Std.ToArray());
        Assert.Equal(32768, parsed.Options.Ram);
        Assert.Equal(1, parsed.Options.Flash);
        Assert.Equal(Target.CortexM4, parsed.Options.Target);
        Assert.Equal(Code.Size, parsed.Options.Code);
        Assert.Equal(new Shape(1, 3, 96, 96), parsed.Options.InputShape);
        Assert.Equal(new PatchGrid(3, 4), parsed.Options.Patches);
        Assert.Equal(Halo.Cache, parsed.Options.Halo);
    }

    [Fact]
    public void Parse_reads_every_option_of_the_searches()
    {
        CompileOptions entropy = Parse(
            "Precision=Mixed", "Search=Entropy", "WeightBits=8", "Lambda=0.25", "Phi=.999", "Vote=1", "Classification=Static",
            "Classified=FirstFeatureMap", "StageOnly=true").Options;
        CompileOptions output = Parse("Precision=Mixed", "WeightBits=2", "Classification=Dynamic", "MaxDamage=1e-2").Options;

        Assert.Equal(
            CompileOptions.Default with
            {
                Precision = Precision.Mixed,
                Search = Search.Entropy,
                WeightBits = 8,
                Lambda = 0.25,
                Phi = 0.999,
                Vote = 1,
                Classified = ClassifiedTensor.FirstFeatureMap,
                StageOnly = true,
            },
            entropy);
        Assert.Equal(
            CompileOptions.Default with
            {
                Precision = Precision.Mixed,
                WeightBits = 2,
                Classification = PatchClassification.Dynamic,
                MaxDamage = 0.01,
            },
            output);
    }

    [Theory]
    [InlineData("Patches=auto")]
    [InlineData("Halo=auto")]
    public void Parse_leaves_to_the_compiler_what_is_auto(string option)
    {
        Assert.Empty(Parse(option).Errors);
        Assert.Equal(CompileOptions.Default, Parse(option).Options);
    }

    [Theory]
    [InlineData("Patches=none")]
    [InlineData("patches=1X1")]
    public void Parse_gives_a_single_patch_for_none(string option) => Assert.Equal(PatchGrid.Whole, Parse(option).Options.Patches);

    [Theory]
    [InlineData("WeightBits", "Precision=Int8", "WeightBits=4")]
    [InlineData("StageOnly", "StageOnly=true")]
    [InlineData("Classification", "Classification=Dynamic")]
    [InlineData("Lambda", "Precision=Mixed", "Lambda=0.5")]
    [InlineData("Lambda", "Precision=Mixed", "Search=Output", "Lambda=0")]
    [InlineData("MaxDamage", "Precision=Mixed", "Search=Entropy", "MaxDamage=1")]
    [InlineData("Halo", "Patches=none", "Halo=Recompute")]
    [InlineData("StageOnly", "Precision=Mixed", "Patches=none", "StageOnly=true")]
    [InlineData("Classification", "Precision=Mixed", "Patches=1x1", "Classification=Dynamic")]
    [InlineData("Classification", "Precision=Mixed", "Halo=Cache", "Classification=Dynamic")]
    [InlineData("Classified", "Precision=Mixed", "Classification=Dynamic", "Classified=FirstFeatureMap")]
    public void Parse_reports_the_option_that_contradicts_another(string culprit, params string[] options)
    {
        OptionError error = Assert.Single(Parse(options).Errors);

        Assert.Equal("QMCU1023", error.Diagnostic.Id);
        Assert.Equal(culprit, error.Option);
        Assert.Contains("Option " + culprit + " does not go with", error.Diagnostic.Message, System.StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("Precision=Int8", "WeightBits=8", "Halo=Cache")]
    [InlineData("Precision=Int8", "Search=Entropy", "Lambda=0.5", "Phi=0.9")]
    [InlineData("Precision=Mixed", "Search=Entropy", "Lambda=0.5")]
    [InlineData("Precision=Mixed", "Halo=Recompute", "Classification=Dynamic")]
    [InlineData("Precision=Mixed", "Halo=Cache", "Classified=FirstFeatureMap", "StageOnly=TRUE")]
    [InlineData("Precision=Mixed", "Patches=none", "StageOnly=false", "MaxDamage=0")]
    public void Parse_takes_options_that_go_together(params string[] options) => Assert.Empty(Parse(options).Errors);

    [Theory]
    [InlineData("input-shape=1,2", "InputShape=1,2")]
    [InlineData("ram=7", "Ram=7")]
    [InlineData("target=cortex-m55", "Target=CortexM55")]
    [InlineData("target=ESP32S3", "Target=Esp32S3")]
    [InlineData("mean= 1 , -2 ", "Mean=1,-2")]
    public void Parse_takes_the_spelling_of_every_host(string written, string canonical)
    {
        ParsedOptions parsed = Parse(written);

        Assert.Empty(parsed.Errors);
        Assert.Equal(Parse(canonical).Options, parsed.Options);
        Assert.NotEqual(CompileOptions.Default, parsed.Options);
    }

    [Fact]
    public void Parse_gives_no_budget_for_zero_bytes() => Assert.Equal(CompileOptions.Default, Parse("Ram=0", "Flash=0").Options);

    [Theory]
    [InlineData("Mean=", "QMCU1006")]
    [InlineData("Mean=1,,2", "QMCU1006")]
    [InlineData("Mean=1;2", "QMCU1006")]
    [InlineData("Mean=NaN", "QMCU1007")]
    [InlineData("Std=0", "QMCU1007")]
    [InlineData("Std=1,-1", "QMCU1007")]
    [InlineData("Std=Infinity", "QMCU1007")]
    [InlineData("Precision=Int3", "QMCU1006")]
    [InlineData("Precision=0", "QMCU1006")]
    [InlineData("Ram=32K", "QMCU1006")]
    [InlineData("Ram=1.5", "QMCU1006")]
    [InlineData("Ram=-1", "QMCU1007")]
    [InlineData("Flash=2147483648", "QMCU1007")]
    [InlineData("Flash=99999999999999999999999999999999999", "QMCU1006")]
    [InlineData("Target=Z80", "QMCU1006")]
    [InlineData("Target=99", "QMCU1006")]
    [InlineData("InputShape=1x3", "QMCU1006")]
    [InlineData("InputShape=", "QMCU1006")]
    [InlineData("InputShape=1,0", "QMCU1007")]
    [InlineData("InputShape=1,-3", "QMCU1007")]
    [InlineData("InputShape=65536,65536", "QMCU1007")]
    [InlineData("InputShape=1,1,1,1,1,1,1,1,1", "QMCU1007")]
    [InlineData("Patches=4", "QMCU1006")]
    [InlineData("Patches=4x", "QMCU1006")]
    [InlineData("Patches=4x4x4", "QMCU1006")]
    [InlineData("Patches=many", "QMCU1006")]
    [InlineData("Patches=", "QMCU1006")]
    [InlineData("Patches=0x4", "QMCU1007")]
    [InlineData("Patches=4x-4", "QMCU1007")]
    [InlineData("Patches=4x1025", "QMCU1007")]
    [InlineData("Halo=Share", "QMCU1006")]
    [InlineData("Search=auto", "QMCU1006")]
    [InlineData("WeightBits=four", "QMCU1006")]
    [InlineData("WeightBits=3", "QMCU1007")]
    [InlineData("WeightBits=16", "QMCU1007")]
    [InlineData("Lambda=half", "QMCU1006")]
    [InlineData("Lambda=1.01", "QMCU1007")]
    [InlineData("Lambda=-0.1", "QMCU1007")]
    [InlineData("Phi=NaN", "QMCU1007")]
    [InlineData("Phi=96%", "QMCU1006")]
    [InlineData("Vote=2", "QMCU1007")]
    [InlineData("Classification=1", "QMCU1006")]
    [InlineData("Classified=Output", "QMCU1006")]
    [InlineData("StageOnly=yes", "QMCU1006")]
    [InlineData("StageOnly=", "QMCU1006")]
    [InlineData("MaxDamage=-1", "QMCU1007")]
    [InlineData("MaxDamage=Infinity", "QMCU1007")]
    [InlineData("Stages=2", "QMCU1008")]
    public void Parse_reports_one_error_that_names_the_option(string option, string id)
    {
        ParsedOptions parsed = Parse(option, "Ram=64");
        string name = option.Split('=')[0];
        if (name == "Ram")
            parsed = Parse(option);

        OptionError error = Assert.Single(parsed.Errors);
        Assert.Equal(id, error.Diagnostic.Id);
        Assert.Equal(name, error.Option);
        Assert.Contains(name, error.Diagnostic.Message, System.StringComparison.Ordinal);
        Assert.Equal(name == "Ram" ? null : 64, parsed.Options.Ram);
    }

    [Fact]
    public void Parse_reports_every_bad_option_once() =>
        Assert.Equal(
            ["QMCU1006", "QMCU1007", "QMCU1008"],
            Parse("Ram=x", "Std=0", "what=1").Errors.Select(error => error.Diagnostic.Id).Order());

    [Fact]
    public void Parse_lets_the_later_value_win_and_does_not_judge_the_earlier()
    {
        ParsedOptions parsed = Parse("Ram=nonsense", "ram=12");

        Assert.Empty(parsed.Errors);
        Assert.Equal(12, parsed.Options.Ram);
    }

    [Theory]
    [InlineData("Mean=1,2,3", "Std=1,2", 1)]
    [InlineData("Mean=1,2,3", "Std=1", 0)]
    [InlineData("Mean=1", "Std=1,2", 0)]
    [InlineData("Mean=1,2", "Std=1,2", 0)]
    public void Parse_wants_as_many_deviations_as_means(string mean, string std, int errors) =>
        Assert.Equal(errors, Parse(mean, std).Errors.Length);

    [Theory]
    [InlineData("tr-TR")]
    [InlineData("de-DE")]
    public void Parse_does_not_depend_on_the_culture(string culture)
    {
        ParsedOptions parsed = Cultures.Under(culture, () => Parse("MEAN=1.5", "PRECISION=INT8", "INPUTSHAPE=1,2"));

        Assert.Empty(parsed.Errors);
        Assert.Equal(1.5, Assert.Single(parsed.Options.Mean));
        Assert.Equal(new Shape(1, 2), parsed.Options.InputShape);
    }

    [Fact]
    public void Names_are_the_properties_of_the_options_and_of_the_attribute()
    {
        Assert.All(OptionParser.Names, name => Assert.NotNull(typeof(CompileOptions).GetProperty(name)));
        Assert.All(OptionParser.Names, name => Assert.NotNull(typeof(QuantizedModelAttribute).GetProperty(name)));
    }

    private static ParsedOptions Parse(params string[] options) =>
        OptionParser.Parse(options.Select(option => option.Split('=', 2)).Select(pair => KeyValuePair.Create(pair[0], pair[1])));
}
