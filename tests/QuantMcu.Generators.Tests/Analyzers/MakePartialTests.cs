using System.Collections.Generic;
using System.Linq;
using System.Threading;
using System.Threading.Tasks;
using Microsoft.CodeAnalysis;
using Microsoft.CodeAnalysis.CodeActions;
using Microsoft.CodeAnalysis.CodeFixes;
using QuantMcu.Generators.CodeFixes;
using QuantMcu.Generators.Tests.Hosting;
using Xunit;

namespace QuantMcu.Generators.Tests.Analyzers;

public class MakePartialTests
{
    [Theory]
    [InlineData("public static class Net;", "public static partial class Net;")]
    [InlineData("/* a */ class Net { }", "/* a */ partial class Net { }")]
    public async Task The_fix_adds_the_modifier(string before, string after) =>
        Assert.Equal(Annotate(after), await FixAsync(Annotate(before)));

    [Fact]
    public async Task The_fix_mends_the_types_around_the_class_too() => Assert.Equal(
        """
        public partial struct Outer
        {
            // Inner.
            partial class Inner
            {
                [QuantMcu.QuantizedModel("net.onnx")]
                internal partial class Net;
            }
        }
        """,
        await FixAsync("""
            public struct Outer
            {
                // Inner.
                class Inner
                {
                    [QuantMcu.QuantizedModel("net.onnx")]
                    internal class Net;
                }
            }
            """));

    private static string Annotate(string declaration) => "[QuantMcu.QuantizedModel(\"net.onnx\")]\n" + declaration + "\n";

    private static async Task<string> FixAsync(string source)
    {
        using TestProject project = new TestProject(source).With("net.onnx", TestModels.Sensor());
        Diagnostic finding = (await project.AnalyzeAsync()).Single(finding => finding.Id == "QMCU1001");
        using var workspace = new AdhocWorkspace();
        Document document = workspace.AddProject("Consumer", LanguageNames.CSharp).AddDocument("Program.cs", source);

        var actions = new List<CodeAction>();
        var context = new CodeFixContext(document, finding, (action, _) => actions.Add(action), CancellationToken.None);
        await new MakePartialCodeFix().RegisterCodeFixesAsync(context);
        var operations = await Assert.Single(actions).GetOperationsAsync(CancellationToken.None);
        Solution changed = operations.OfType<ApplyChangesOperation>().Single().ChangedSolution;
        return (await changed.GetDocument(document.Id)!.GetTextAsync()).ToString();
    }
}
