using System.Collections.Generic;
using System.Linq;
using QuantMcu.Compiler.Diagnostics;
using QuantMcu.Compiler.Graph;
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
            "Mean=127.5,0", "Std=58.2,1e1", "Precision=Int8", "Ram=32768", "Flash=1", "Target=CortexM4", "InputShape=1,3,96,96");

        Assert.Empty(parsed.Errors);
        Assert.Equal(new[] { 127.5, 0 }, parsed.Options.Mean.ToArray());
        Assert.Equal(new[] { 58.2, 10 }, parsed.Options.Std.ToArray());
        Assert.Equal(32768, parsed.Options.Ram);
        Assert.Equal(1, parsed.Options.Flash);
        Assert.Equal(Target.CortexM4, parsed.Options.Target);
        Assert.Equal(new Shape(1, 3, 96, 96), parsed.Options.InputShape);
    }

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
    [InlineData("Halo=Recompute", "QMCU1008")]
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
