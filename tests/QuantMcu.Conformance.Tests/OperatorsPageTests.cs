using System;
using System.IO;
using QuantMcu.Testing;
using Xunit;

namespace QuantMcu.Conformance.Tests;

public class OperatorsPageTests
{
    /// <summary>With QUANTMCU_UPDATE_DOCS=1 in the environment the page is written instead.</summary>
    [ModelsFact]
    public void The_page_of_operators_is_what_the_run_gives()
    {
        string page = OperatorsPage.Generate();
        if (Environment.GetEnvironmentVariable("QUANTMCU_UPDATE_DOCS") == "1")
            File.WriteAllText(OperatorsPage.Path, page);

        string written = File.Exists(OperatorsPage.Path) ? File.ReadAllText(OperatorsPage.Path) : "";
        Assert.True(page == written, "docs/operators.md is stale. Run " + OperatorsPage.UpdateCommand);
    }
}
