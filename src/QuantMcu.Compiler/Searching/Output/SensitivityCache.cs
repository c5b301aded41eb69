using System;
using System.Collections.Generic;

namespace QuantMcu.Compiler.Searching.Output;

/// <summary>Sensitivities of one network by what was tried, which is all they depend on. Not for several threads.</summary>
internal sealed class SensitivityCache
{
    private readonly Dictionary<(int LeastWeightBits, bool SmallCodes), Sensitivity> known = new();

    public Sensitivity Of(int leastWeightBits, bool smallCodes, Func<Sensitivity> measure) =>
        known.TryGetValue((leastWeightBits, smallCodes), out var sensitivity) ? sensitivity : known[(leastWeightBits, smallCodes)] = measure();
}
