using System.Collections.Generic;
using System.Collections.Immutable;
using QuantMcu.Compiler.Graph;

namespace QuantMcu.Compiler.Calibration;

/// <summary>
/// Statistics of every Float32 input of a graph and every Float32 result that depends on one. Immutable, and the same for the
/// same graph and samples on every machine and any number of threads.
/// </summary>
public sealed class CalibrationStatistics
{
    private readonly Dictionary<Value, TensorStatistics> statistics;

    internal CalibrationStatistics(int samples, ImmutableArray<Value> values, Dictionary<Value, TensorStatistics> statistics)
    {
        Samples = samples;
        Values = values;
        this.statistics = statistics;
    }

    /// <summary>Number of samples seen.</summary>
    public int Samples { get; }

    /// <summary>The values that have statistics: graph inputs, then results in execution order.</summary>
    public ImmutableArray<Value> Values { get; }

    /// <exception cref="KeyNotFoundException">The value is a constant, not Float32, or not of the calibrated graph.</exception>
    public TensorStatistics this[Value value] => statistics[value];

    /// <summary>The statistics of a value, or null where it has none.</summary>
    public TensorStatistics? Find(Value value) => statistics.TryGetValue(value, out var found) ? found : null;
}
