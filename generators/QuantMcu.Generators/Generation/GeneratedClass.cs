using QuantMcu.Compiler.Emit.CSharp;
using QuantMcu.Generators.Files;
using QuantMcu.Generators.Request;

namespace QuantMcu.Generators.Generation;

/// <summary>What came of a request.</summary>
/// <param name="Request">The request.</param>
/// <param name="Sources">What the engine gave, or null where it did not run or there are errors.</param>
/// <param name="Findings">Errors, warnings and information to report.</param>
internal sealed record GeneratedClass(LoadedRequest Request, ClassSources? Sources, EquatableArray<RequestFinding> Findings)
{
    public ClassTarget Class => Request.Request.Class;
}
