using System.Linq;
using QuantMcu.Testing;
using Xunit;

namespace QuantMcu.Conformance.Tests;

/// <summary>
/// ONNX's operator tests: every one passes on both engines, or is listed in unsupported-cases.txt with the reason.
/// </summary>
public class OperatorConformanceTests
{
    public static TheoryData<string> Cases => [.. ConformanceCase.Names];

    [ModelsTheory]
    [MemberData(nameof(Cases))]
    public void Case_passes_or_is_listed(string name)
    {
        var outcome = ConformanceRun.Of(name);
        if (!UnsupportedCases.All.TryGetValue(name, out var listed))
            Assert.Equal(new CaseOutcome.Passed(), outcome);
        else if (listed.Differs)
            Assert.IsType<CaseOutcome.Failed>(outcome);
        else
            Assert.Equal(listed.Id, Assert.IsType<CaseOutcome.Refused>(outcome).Diagnostic.Id);
    }

    [ModelsFact]
    public void Every_listed_case_exists()
    {
        Assert.Empty(UnsupportedCases.All.Keys.Except(ConformanceCase.Names));
    }
}
