using System;
using System.Collections.Generic;

namespace QuantMcu.Compiler.Searching.Output;

/// <summary>Sensitivities of one network by the fewest bits of weights, which are all they depend on. Not for several threads.</summary>
internal sealed class SensitivityCache
{
    private readonly Dictionary<int, Sensitivity> known = new();

    public Sensitivity Of(int leastWeightBits, Func<Sensitivity> measure) =>
        known.TryGetValue(leastWeightBits, out var sensitivity) ? sensitivity : known[leastWeightBits] = measure();
}
