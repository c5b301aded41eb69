using System;
using System.Collections.Generic;
using System.Linq;
using QuantMcu.Compiler.Graph;

namespace QuantMcu.Compiler.Calibration;

/// <summary>
/// Made-up samples for a model that comes without calibration data, the same on every machine. An input [N, H, W, C] is an image
/// with as much energy in every octave of spatial frequency, which is how natural images are (power falls with the square of the
/// frequency), and with correlated channels; any other input is noise. Codes have mean 127.5 and standard deviation 64, real
/// numbers 0 and 1. Ranges found on such samples are a guess: the compiler warns.
/// </summary>
public sealed class SyntheticSamples : IInputSamples
{
    public const int DefaultCount = 16;

    private readonly NetworkGraph normalForm;
    private readonly bool codes;

    /// <param name="normalForm">The network that takes the samples.</param>
    /// <param name="codes">Whether its first input is raw codes 0 .. 255; inputs are real numbers otherwise.</param>
    /// <param name="count">Number of samples.</param>
    public SyntheticSamples(NetworkGraph normalForm, bool codes, int count = DefaultCount)
    {
        this.normalForm = normalForm;
        this.codes = codes;
        Count = count;
    }

    public int Count { get; }

    public IReadOnlyList<Tensor> this[int sample]
    {
        get
        {
            var random = new SplitMix((ulong)sample);
            return normalForm.Inputs.Select((input, i) => Make(input.Shape, codes && i == 0, random)).ToArray();
        }
    }

    private static Tensor Make(Shape shape, bool codes, SplitMix random)
    {
        var values = new float[shape.Elements];
        if (shape.Rank == 4)
            FillImages(values, shape, random);
        else
            Fill(values, random);

        if (codes)
        {
            for (int i = 0; i < values.Length; i++)
                values[i] = (float)Math.Floor(Math.Max(0, Math.Min(255, 127.5 + (64 * values[i]))) + 0.5);
        }

        return Tensor.Of(shape, values);
    }

    private static void Fill(float[] values, SplitMix random)
    {
        for (int i = 0; i < values.Length; i++)
            values[i] = (float)random.NextNormal();
    }

    private static void FillImages(float[] values, Shape shape, SplitMix random)
    {
        int height = shape[1], width = shape[2], channels = shape[3];
        for (int image = 0; image < shape[0]; image++)
        {
            double[] common = Field(height, width, random);
            for (int channel = 0; channel < channels; channel++)
            {
                double[] own = channels == 1 ? common : Field(height, width, random);
                for (int pixel = 0; pixel < common.Length; pixel++)
                {
                    // Weights whose squares sum to 1 keep the variance; a natural image's channels are mostly brightness.
                    double value = channels == 1 ? common[pixel] : (0.8 * common[pixel]) + (0.6 * own[pixel]);
                    values[(((image * height * width) + pixel) * channels) + channel] = (float)value;
                }
            }
        }
    }

    /// <summary>A random field of mean 0 and variance about 1: one layer of noise per octave, added up.</summary>
    private static double[] Field(int height, int width, SplitMix random)
    {
        var field = new double[height * width];
        int octaves = 0;
        for (int cell = 1; cell < Math.Max(2, Math.Max(height, width)); cell *= 2)
        {
            AddOctave(field, height, width, cell, random);
            octaves++;
        }

        double scale = 1 / Math.Sqrt(octaves);
        for (int i = 0; i < field.Length; i++)
            field[i] *= scale;

        return field;
    }

    /// <summary>Adds noise on a grid of <paramref name="cell"/> pixels, interpolated linearly between its points.</summary>
    private static void AddOctave(double[] field, int height, int width, int cell, SplitMix random)
    {
        int gridWidth = (width / cell) + 2;
        var grid = new double[((height / cell) + 2) * gridWidth];

        // Interpolation takes variance away: to 2/3 along each axis on average.
        double kept = cell == 1 ? 1 : (height > 1 ? 2.0 / 3 : 1) * (width > 1 ? 2.0 / 3 : 1);
        double amplitude = 1 / Math.Sqrt(kept);
        for (int i = 0; i < grid.Length; i++)
            grid[i] = amplitude * random.NextNormal();

        for (int row = 0; row < height; row++)
        {
            double down = (double)(row % cell) / cell;
            for (int column = 0; column < width; column++)
            {
                int corner = (row / cell * gridWidth) + (column / cell);
                double right = (double)(column % cell) / cell;
                double top = grid[corner] + (right * (grid[corner + 1] - grid[corner]));
                double bottom = grid[corner + gridWidth] + (right * (grid[corner + gridWidth + 1] - grid[corner + gridWidth]));
                field[(row * width) + column] += top + (down * (bottom - top));
            }
        }
    }

    /// <summary>Steele, Lea and Flood's SplitMix64 (OOPSLA 2014).</summary>
    private sealed class SplitMix
    {
        private ulong state;

        public SplitMix(ulong seed) => state = seed;

        /// <summary>Near enough a standard normal number: a sum of 12 uniform ones needs no mathematics library.</summary>
        public double NextNormal()
        {
            double sum = -6;
            for (int i = 0; i < 12; i++)
                sum += (NextBits() >> 11) * (1.0 / (1UL << 53));

            return sum;
        }

        private ulong NextBits()
        {
            unchecked
            {
                ulong z = state += 0x9E3779B97F4A7C15;
                z = (z ^ (z >> 30)) * 0xBF58476D1CE4E5B9;
                z = (z ^ (z >> 27)) * 0x94D049BB133111EB;
                return z ^ (z >> 31);
            }
        }
    }
}
