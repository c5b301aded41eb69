using System.Collections.Generic;
using QuantMcu.Compiler.Graph;

namespace QuantMcu.Compiler.Calibration;

/// <summary>Samples as the inputs of a network. Safe to read from several threads.</summary>
public interface IInputSamples
{
    int Count { get; }

    /// <summary>One Float32 tensor per graph input, in order; the caller owns them.</summary>
    IReadOnlyList<Tensor> this[int sample] { get; }
}
