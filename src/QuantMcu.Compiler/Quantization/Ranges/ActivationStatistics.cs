using System.Collections.Generic;
using QuantMcu.Compiler.Graph;

namespace QuantMcu.Compiler.Quantization.Ranges;

/// <summary>What calibration saw of one activation.</summary>
/// <param name="Histogram">All its values.</param>
/// <param name="ChannelMean">Mean per channel (last axis).</param>
/// <param name="ChannelMin">Smallest value per channel.</param>
/// <param name="ChannelMax">Largest value per channel.</param>
internal sealed record ActivationStatistic(ValueHistogram Histogram, double[] ChannelMean, double[] ChannelMin, double[] ChannelMax);
