namespace QuantMcu.Compiler.Memory;

/// <summary>Bytes that must exist from one step to another.</summary>
/// <param name="Name">For reports and errors.</param>
/// <param name="Bytes">Exact size; 0 or more.</param>
/// <param name="FirstStep">The step that writes it.</param>
/// <param name="LastStep">The last step that reads it; <paramref name="FirstStep"/> for scratch.</param>
public sealed record ArenaBuffer(string Name, int Bytes, int FirstStep, int LastStep);

/// <summary>
/// The step that writes <paramref name="Result"/> may write over <paramref name="Source"/>, which it reads. The planner uses the
/// permission where Source dies at that step and is no smaller than Result.
/// </summary>
/// <param name="Source">Index of a buffer.</param>
/// <param name="Result">Index of a buffer.</param>
public sealed record InPlacePair(int Source, int Result);
