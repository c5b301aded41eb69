using System.Numerics;
using System.Runtime.CompilerServices;

namespace QuantMcu.Compiler.Calibration.Execution;

/// <summary>
/// What the kernels share about vectors. Every kernel vectorises over independent outputs only, never along a sum, and never
/// fuses a multiplication with an addition: so a result has the same bits on every vector width, and calibration gives the
/// same ranges on every machine.
/// </summary>
internal static unsafe class Lanes
{
    /// <summary>
    /// AggressiveOptimization, which netstandard2.0 does not name: kernels run for long from their first call on, so that
    /// waiting for a second compilation of theirs would cost more than the kernels do.
    /// </summary>
    public const MethodImplOptions Hot = (MethodImplOptions)512;

    /// <summary>Floats of one vector.</summary>
    public static int Width
    {
        [MethodImpl(MethodImplOptions.AggressiveInlining)]
        get => Vector<float>.Count;
    }

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static Vector<float> Load(float* source) => Unsafe.ReadUnaligned<Vector<float>>(source);

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static void Store(float* target, Vector<float> values) => Unsafe.WriteUnaligned(target, values);

    /// <summary>The first <paramref name="count"/> floats of a vector, the rest 0; reads nothing beyond them.</summary>
    [MethodImpl(MethodImplOptions.NoInlining)]
    public static Vector<float> LoadPart(float* source, int count)
    {
        float* lanes = stackalloc float[Vector<float>.Count];
        for (int i = 0; i < Vector<float>.Count; i++)
            lanes[i] = i < count ? source[i] : 0f;

        return Load(lanes);
    }

    [MethodImpl(MethodImplOptions.NoInlining)]
    public static void StorePart(float* target, Vector<float> values, int count)
    {
        for (int i = 0; i < count; i++)
            target[i] = values[i];
    }

    /// <summary>min(high, max(low, x)) by comparisons, so that NaN stays NaN on every runtime.</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static Vector<float> Limit(Vector<float> values, Vector<float> low, Vector<float> high)
    {
        values = Vector.ConditionalSelect(Vector.LessThan(values, low), low, values);
        return Vector.ConditionalSelect(Vector.GreaterThan(values, high), high, values);
    }

    /// <summary>The same for one number.</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static float Limit(float value, float low, float high)
    {
        value = value < low ? low : value;
        return value > high ? high : value;
    }
}
