using System.Linq;
using System.Text;
using QuantMcu.Compiler;
using QuantMcu.Compiler.Emit.CSharp;
using QuantMcu.Compiler.Request;
using QuantMcu.Generators.Request;

namespace QuantMcu.Generators.Generation;

/// <summary>Names a run of the engine: equal keys give equal sources, on every machine.</summary>
internal static class CacheKey
{
    /// <summary>Changes with every build of the engine or of the generator.</summary>
    private static readonly string EngineVersion =
        typeof(ModelCompiler).Module.ModuleVersionId + "/" + typeof(CacheKey).Module.ModuleVersionId;

    /// <summary>SHA-256 of everything that the sources depend on.</summary>
    /// <param name="target">The class that they are added to.</param>
    /// <param name="contentHash">Hash of model, samples and options.</param>
    /// <param name="emitsNative">C is among them.</param>
    /// <param name="nano">What a project for .NET nanoFramework says; else null.</param>
    public static string Of(ClassTarget target, string contentHash, bool emitsNative = false, NanoProject? nano = null)
    {
        var parts = new[] { EngineVersion, contentHash, emitsNative ? "C" : "", nano?.Backend.ToString() ?? "", target.Namespace, target.Name }
            .Concat(target.ContainingTypes);
        return RequestHash.Sha256(Encoding.UTF8.GetBytes(string.Join("\n", parts)));
    }
}
