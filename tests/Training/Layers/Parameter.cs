using System;

namespace QuantMcu.Training.Layers;

/// <summary>Numbers that training changes, with their gradient over a batch, by Adam.</summary>
internal sealed class Parameter(int length)
{
    private const float FirstDecay = 0.9f, SecondDecay = 0.999f, Tiny = 1e-8f;

    private readonly float[] first = new float[length];
    private readonly float[] second = new float[length];
    private int steps;

    public float[] Values { get; } = new float[length];

    public float[] Gradient { get; } = new float[length];

    /// <summary>Normally distributed around zero.</summary>
    public void Randomize(Random random, double deviation)
    {
        for (int i = 0; i < Values.Length; i++)
        {
            double radius = Math.Sqrt(-2 * Math.Log(1 - random.NextDouble()));
            Values[i] = (float)(deviation * radius * Math.Cos(2 * Math.PI * random.NextDouble()));
        }
    }

    /// <summary>One step against the mean gradient of the batch, which starts again from zero.</summary>
    /// <param name="rate">Learning rate.</param>
    /// <param name="decay">Weight decay, apart from the gradient.</param>
    /// <param name="samples">Samples in the batch.</param>
    public void Step(float rate, float decay, int samples)
    {
        steps++;
        float firstScale = 1 / (1 - MathF.Pow(FirstDecay, steps)), secondScale = 1 / (1 - MathF.Pow(SecondDecay, steps));
        for (int i = 0; i < Values.Length; i++)
        {
            float gradient = Gradient[i] / samples;
            first[i] += (1 - FirstDecay) * (gradient - first[i]);
            second[i] += (1 - SecondDecay) * ((gradient * gradient) - second[i]);
            Values[i] -= rate * ((firstScale * first[i] / (MathF.Sqrt(secondScale * second[i]) + Tiny)) + (decay * Values[i]));
            Gradient[i] = 0;
        }
    }
}
