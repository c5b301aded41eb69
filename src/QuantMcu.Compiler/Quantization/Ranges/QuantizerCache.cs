using System;
using System.Collections.Concurrent;
using System.Collections.Generic;
using QuantMcu.Compiler.Calibration;
using QuantMcu.Compiler.Graph;

namespace QuantMcu.Compiler.Quantization.Ranges;

/// <summary>
/// Quantizers that were searched already for one network in normal form, with one set of statistics and settings: they depend on the bits of
/// their own group of values alone, so all networks of a search share them. Safe for threads.
/// </summary>
internal sealed class QuantizerCache
{
    private readonly ConcurrentDictionary<(Value First, int Bits), Quantizer> quantizers = new();

    /// <param name="members">A group of values that share a quantizer.</param>
    /// <param name="bits">Of its codes.</param>
    /// <param name="search">Finds it where it is not known.</param>
    internal Quantizer Of(IReadOnlyList<Value> members, int bits, Func<Quantizer> search) =>
        quantizers.GetOrAdd((members[0], bits), _ => search());
}
