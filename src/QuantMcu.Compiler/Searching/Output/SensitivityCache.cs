using System;
using System.Collections.Generic;

namespace QuantMcu.Compiler.Searching.Output;

/// <summary>Sensitivities of one network by what was tried, and whether on samples that weights are not fitted to, which is all they depend on. Not for several threads.</summary>
internal sealed class SensitivityCache
{
    private readonly Dictionary<(int LeastWeightBits, bool SmallCodes, bool HoldsOut), Sensitivity> known = new();

    public Sensitivity Of(int leastWeightBits, bool smallCodes, bool holdsOut, Func<Sensitivity> measure)
    {
        var key = (leastWeightBits, smallCodes, holdsOut);
        return known.TryGetValue(key, out var sensitivity) ? sensitivity : known[key] = measure();
    }
}
