using System.Collections.Generic;
using QuantMcu.Compiler;
using QuantMcu.Compiler.Emit.CSharp;
using QuantMcu.Compiler.Lowering.CSharp;
using QuantMcu.Compiler.Quantization;
using QuantMcu.Compiler.Request;

namespace QuantMcu.Cli.Emission;

/// <summary>The files of a compiled network: the declaration of a class, and what the generator would add to it.</summary>
internal static class CSharpFiles
{
    public static IReadOnlyList<(string Name, string Text)> Of(
        ClassTarget target, CompileRequest request, QuantizedNetwork network, CSharpProgram program)
    {
        var api = ClassApi.Of(network, RequestHash.Of(request)) with
        {
            CountsPatches = request.Options.Classification == PatchClassification.Dynamic,
        };
        return
        [
            (target.Name + ".cs", Declaration(target)),
            (target.Name + ".Api.g.cs", ApiPrinter.Print(target, api)),
            (target.Name + ".Kernels.g.cs", KernelPrinter.Print(target, api, program)),
        ];
    }

    private static string Declaration(ClassTarget target)
    {
        string @namespace = target.Namespace.Length == 0 ? "" : "namespace " + target.Namespace + ";\n\n";
        const string Summary = "/// <summary>A neural network, compiled by QuantMcu.</summary>\n";
        return @namespace + Summary + "public static partial class " + target.Name + ";\n";
    }
}
