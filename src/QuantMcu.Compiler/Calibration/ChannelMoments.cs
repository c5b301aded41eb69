using System;
using System.Numerics;
using System.Runtime.CompilerServices;
using static QuantMcu.Compiler.Calibration.Execution.Lanes;

namespace QuantMcu.Compiler.Calibration;

/// <summary>
/// Least, largest, sum and sum of squares of every channel (index of the last axis). Sums add row after row, so they have the
/// same bits on every vector width; adding up the moments of samples in their order keeps that over any number of threads.
/// </summary>
internal sealed class ChannelMoments
{
    public ChannelMoments(int channels)
    {
        Channels = channels;
        Min = new float[channels];
        Max = new float[channels];
        Sum = new double[channels];
        SumOfSquares = new double[channels];
        for (int channel = 0; channel < channels; channel++)
        {
            Min[channel] = float.PositiveInfinity;
            Max[channel] = float.NegativeInfinity;
        }
    }

    public int Channels { get; }

    /// <summary>Values seen of each channel.</summary>
    public long Rows { get; private set; }

    public float[] Min { get; }

    public float[] Max { get; }

    public double[] Sum { get; }

    public double[] SumOfSquares { get; }

    /// <summary>Whether all values were: NaN or infinity makes a sum one too; finite floats cannot overflow a double.</summary>
    public bool IsFinite => Array.TrueForAll(SumOfSquares, sum => !double.IsNaN(sum) && !double.IsInfinity(sum));

    /// <summary>Takes in a tensor, row by row of <see cref="Channels"/> values.</summary>
    public unsafe void Add(ReadOnlySpan<float> values)
    {
        fixed (float* x = values, min = Min, max = Max)
        fixed (double* sum = Sum, squares = SumOfSquares)
            AddRows(x, values.Length / Channels, Channels, min, max, sum, squares);

        Rows += values.Length / Channels;
    }

    /// <summary>Takes in what another has seen.</summary>
    public void Add(ChannelMoments other)
    {
        for (int channel = 0; channel < Channels; channel++)
        {
            Min[channel] = Math.Min(Min[channel], other.Min[channel]);
            Max[channel] = Math.Max(Max[channel], other.Max[channel]);
            Sum[channel] += other.Sum[channel];
            SumOfSquares[channel] += other.SumOfSquares[channel];
        }

        Rows += other.Rows;
    }

    [MethodImpl(Hot)]
    private static unsafe void AddRows(float* x, int rows, int channels, float* min, float* max, double* sum, double* squares)
    {
        for (int row = 0; row < rows; row++, x += channels)
        {
            int channel = 0;
            for (; channel <= channels - Width; channel += Width)
            {
                var value = Load(x + channel);
                Vector<float> least = Load(min + channel), largest = Load(max + channel);
                Store(min + channel, Vector.ConditionalSelect(Vector.LessThan(value, least), value, least));
                Store(max + channel, Vector.ConditionalSelect(Vector.GreaterThan(value, largest), value, largest));
                Vector.Widen(value, out var low, out var high);
                AddTo(sum + channel, low, high);
                AddTo(squares + channel, low * low, high * high);
            }

            for (; channel < channels; channel++)
            {
                float value = x[channel];
                double wide = value;
                min[channel] = value < min[channel] ? value : min[channel];
                max[channel] = value > max[channel] ? value : max[channel];
                sum[channel] += wide;
                squares[channel] += wide * wide;
            }
        }
    }

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private static unsafe void AddTo(double* target, Vector<double> low, Vector<double> high)
    {
        Unsafe.WriteUnaligned(target, Unsafe.ReadUnaligned<Vector<double>>(target) + low);
        target += Vector<double>.Count;
        Unsafe.WriteUnaligned(target, Unsafe.ReadUnaligned<Vector<double>>(target) + high);
    }
}
