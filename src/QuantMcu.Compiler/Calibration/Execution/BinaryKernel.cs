using System;
using System.Linq;
using System.Numerics;
using System.Runtime.CompilerServices;
using System.Threading;
using QuantMcu.Compiler.Graph;
using QuantMcu.Compiler.Graph.Operators;
using static QuantMcu.Compiler.Calibration.Execution.Lanes;

namespace QuantMcu.Compiler.Calibration.Execution;

/// <summary>
/// An elementwise function of two tensors of which one may be a suffix of the other, repeated: a scalar, one value per
/// channel, one image for all. Other broadcasts are left to the interpreter.
/// </summary>
internal abstract unsafe class BinaryKernel : FloatKernel
{
    private readonly int elements;
    private readonly int elementsA;
    private readonly int elementsB;

    private BinaryKernel(KernelRequest request)
    {
        elements = request.Output.Elements;
        elementsA = request.Input(0).Elements;
        elementsB = request.Input(1).Elements;
    }

    /// <summary>A function of two numbers, on whole vectors.</summary>
    private interface IFunction
    {
        Vector<float> Apply(Vector<float> a, Vector<float> b);
    }

    /// <summary>Null for broadcasts other than of a suffix, and for Pow.</summary>
    public static BinaryKernel? TryCreate(Binary binary, KernelRequest request)
    {
        if (!IsSuffix(request.Input(0), request.Output) || !IsSuffix(request.Input(1), request.Output))
            return null;

        return binary.Kind switch
        {
            BinaryKind.Add => new Of<Add>(request, binary.Clamp),
            BinaryKind.Sub => new Of<Sub>(request, binary.Clamp),
            BinaryKind.Mul => new Of<Mul>(request, binary.Clamp),
            BinaryKind.Div => new Of<Div>(request, binary.Clamp),
            BinaryKind.Min => new Of<Min>(request, binary.Clamp),
            BinaryKind.Max => new Of<Max>(request, binary.Clamp),
            _ => null,
        };
    }

    /// <summary>Null where the slope is neither a scalar, one per channel (last axis), nor one per element.</summary>
    public static BinaryKernel? TryCreatePRelu(KernelRequest request) =>
        IsSuffix(request.Input(1), request.Output) ? new Of<PReluOf>(request, Clamp.None) : null;

    public override void Run(float[][] inputs, float[] output, float[] scratch, CancellationToken cancellation)
    {
        // One operand is as long as the result, or both are scalars; the other repeats every `run` elements.
        int run = Math.Min(elementsA, elementsB);
        fixed (float* a = inputs[0], b = inputs[1], y = output)
        {
            if (run == 1)
            {
                RunSpan(a, b, y, elements, elementsA == 1, elementsB == 1);
                return;
            }

            for (int start = 0; start < elements; start += run)
            {
                float* left = elementsA == run ? a : a + start, right = elementsB == run ? b : b + start;
                RunSpan(left, right, y + start, run, splatA: false, splatB: false);
                if ((start & 0xFFFF) < run)
                    cancellation.ThrowIfCancellationRequested();
            }
        }
    }

    /// <param name="a">First operand.</param>
    /// <param name="b">Second operand.</param>
    /// <param name="output">Result.</param>
    /// <param name="count">Elements.</param>
    /// <param name="splatA">The first operand is one number.</param>
    /// <param name="splatB">The second operand is one number.</param>
    protected abstract void RunSpan(float* a, float* b, float* output, int count, bool splatA, bool splatB);

    /// <summary>Whether an operand's broadcast to the result is the operand over and over.</summary>
    private static bool IsSuffix(Shape operand, Shape result)
    {
        var own = operand.SkipWhile(size => size == 1).ToArray();
        return own.Length <= result.Rank && result.Skip(result.Rank - own.Length).SequenceEqual(own);
    }

    private readonly struct Add : IFunction
    {
        [MethodImpl(MethodImplOptions.AggressiveInlining)]
        public Vector<float> Apply(Vector<float> a, Vector<float> b) => a + b;
    }

    private readonly struct Sub : IFunction
    {
        [MethodImpl(MethodImplOptions.AggressiveInlining)]
        public Vector<float> Apply(Vector<float> a, Vector<float> b) => a - b;
    }

    private readonly struct Mul : IFunction
    {
        [MethodImpl(MethodImplOptions.AggressiveInlining)]
        public Vector<float> Apply(Vector<float> a, Vector<float> b) => a * b;
    }

    private readonly struct Div : IFunction
    {
        [MethodImpl(MethodImplOptions.AggressiveInlining)]
        public Vector<float> Apply(Vector<float> a, Vector<float> b) => a / b;
    }

    private readonly struct Min : IFunction
    {
        [MethodImpl(MethodImplOptions.AggressiveInlining)]
        public Vector<float> Apply(Vector<float> a, Vector<float> b) => Vector.ConditionalSelect(Vector.LessThan(b, a), b, a);
    }

    private readonly struct Max : IFunction
    {
        [MethodImpl(MethodImplOptions.AggressiveInlining)]
        public Vector<float> Apply(Vector<float> a, Vector<float> b) => Vector.ConditionalSelect(Vector.GreaterThan(b, a), b, a);
    }

    private readonly struct PReluOf : IFunction
    {
        [MethodImpl(MethodImplOptions.AggressiveInlining)]
        public Vector<float> Apply(Vector<float> a, Vector<float> b) =>
            Vector.ConditionalSelect(Vector.LessThan(a, Vector<float>.Zero), a * b, a);
    }

    private sealed class Of<TFunction> : BinaryKernel
        where TFunction : struct, IFunction
    {
        private readonly Clamp clamp;

        public Of(KernelRequest request, Clamp clamp)
            : base(request) => this.clamp = clamp;

        [MethodImpl(Hot)]
        protected override void RunSpan(float* a, float* b, float* output, int count, bool splatA, bool splatB)
        {
            var function = default(TFunction);
            Vector<float> low = new(clamp.Min), high = new(clamp.Max);
            Vector<float> left = new(*a), right = new(*b);
            int i = 0;
            for (; i <= count - Width; i += Width)
            {
                left = splatA ? left : Load(a + i);
                right = splatB ? right : Load(b + i);
                Store(output + i, Limit(function.Apply(left, right), low, high));
            }

            if (i < count)
            {
                left = splatA ? left : LoadPart(a + i, count - i);
                right = splatB ? right : LoadPart(b + i, count - i);
                StorePart(output + i, Limit(function.Apply(left, right), low, high), count - i);
            }
        }
    }
}
