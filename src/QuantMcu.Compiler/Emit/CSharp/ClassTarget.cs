using System.Collections.Immutable;
using System.Linq;

namespace QuantMcu.Compiler.Emit.CSharp;

/// <summary>The user's partial class that code is added to.</summary>
/// <param name="Namespace">Its namespace, or empty for the global one.</param>
/// <param name="ContainingTypes">
/// Types around it, outermost first, as a partial declaration names them: <c>class Outer</c>, <c>struct Pair&lt;T&gt;</c>.
/// </param>
/// <param name="Name">Its name.</param>
public sealed record ClassTarget(string Namespace, ImmutableArray<string> ContainingTypes, string Name)
{
    public bool Equals(ClassTarget? other) =>
        other is not null && Namespace == other.Namespace && Name == other.Name
        && ContainingTypes.SequenceEqual(other.ContainingTypes);

    public override int GetHashCode() => (Namespace, Name, ContainingTypes.Length).GetHashCode();
}
