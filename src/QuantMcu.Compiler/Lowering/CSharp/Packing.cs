using System.Collections.Immutable;
using System.Linq;

namespace QuantMcu.Compiler.Lowering.CSharp;

/// <summary>How the operands of a step lie in memory, where not every code is a byte.</summary>
/// <param name="Inputs">In the order of the step's inputs.</param>
/// <param name="Output">Of the result.</param>
public sealed record Packing(ImmutableArray<CodeLayout> Inputs, CodeLayout Output)
{
    /// <summary>Null where every code is a byte.</summary>
    internal static Packing? Of(ImmutableArray<CodeLayout> inputs, CodeLayout output) =>
        output.IsPacked || inputs.Any(input => input.IsPacked) ? new Packing(inputs, output) : null;

    /// <summary>No operand has unused bits between its codes.</summary>
    public bool IsDense => Output.IsDense && Inputs.All(input => input.IsDense);
}
