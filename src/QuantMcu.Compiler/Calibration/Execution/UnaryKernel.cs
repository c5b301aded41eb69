using System;
using System.Numerics;
using System.Runtime.CompilerServices;
using System.Threading;
using QuantMcu.Compiler.Graph.Operators;
using static QuantMcu.Compiler.Calibration.Execution.Lanes;

namespace QuantMcu.Compiler.Calibration.Execution;

/// <summary>
/// Clip, and the activations that need nothing but additions and multiplications. Functions of the mathematics library are left
/// to the interpreter: there is one definition of their rounding.
/// </summary>
internal abstract unsafe class UnaryKernel : FloatKernel
{
    private const int ElementsPerCheck = 1 << 20;

    private readonly int elements;

    private UnaryKernel(KernelRequest request) => elements = request.Output.Elements;

    private interface IFunction
    {
        Vector<float> Apply(Vector<float> x);
    }

    public static UnaryKernel Create(Clip clip, KernelRequest request) => new Of<ClipOf>(request, new ClipOf(clip.Clamp));

    /// <summary>Null for functions that need the mathematics library.</summary>
    public static UnaryKernel? TryCreate(Unary unary, KernelRequest request) => unary.Kind switch
    {
        UnaryKind.LeakyRelu => new Of<LeakyRelu>(request, new LeakyRelu(unary.Alpha)),
        UnaryKind.HardSigmoid => new Of<HardSigmoid>(request, new HardSigmoid(unary.Alpha, unary.Beta)),
        UnaryKind.HardSwish => new Of<HardSwish>(request, default),
        _ => null,
    };

    public override void Run(float[][] inputs, float[] output, float[] scratch, CancellationToken cancellation)
    {
        fixed (float* x = inputs[0], y = output)
        {
            for (int start = 0; start < elements; start += ElementsPerCheck)
            {
                cancellation.ThrowIfCancellationRequested();
                RunSpan(x + start, y + start, Math.Min(ElementsPerCheck, elements - start));
            }
        }
    }

    protected abstract void RunSpan(float* x, float* y, int count);

    private readonly struct ClipOf : IFunction
    {
        private readonly Vector<float> low;
        private readonly Vector<float> high;

        public ClipOf(Clamp clamp)
        {
            low = new Vector<float>(clamp.Min);
            high = new Vector<float>(clamp.Max);
        }

        [MethodImpl(MethodImplOptions.AggressiveInlining)]
        public Vector<float> Apply(Vector<float> x) => Limit(x, low, high);
    }

    private readonly struct LeakyRelu : IFunction
    {
        private readonly Vector<float> slope;

        public LeakyRelu(float slope) => this.slope = new Vector<float>(slope);

        [MethodImpl(MethodImplOptions.AggressiveInlining)]
        public Vector<float> Apply(Vector<float> x) =>
            Vector.ConditionalSelect(Vector.LessThan(x, Vector<float>.Zero), x * slope, x);
    }

    private readonly struct HardSigmoid : IFunction
    {
        private readonly Vector<float> slope;
        private readonly Vector<float> offset;

        public HardSigmoid(float slope, float offset)
        {
            this.slope = new Vector<float>(slope);
            this.offset = new Vector<float>(offset);
        }

        [MethodImpl(MethodImplOptions.AggressiveInlining)]
        public Vector<float> Apply(Vector<float> x) => Limit((x * slope) + offset, Vector<float>.Zero, Vector<float>.One);
    }

    private readonly struct HardSwish : IFunction
    {
        [MethodImpl(MethodImplOptions.AggressiveInlining)]
        public Vector<float> Apply(Vector<float> x) =>
            x * Limit((x / new Vector<float>(6f)) + new Vector<float>(0.5f), Vector<float>.Zero, Vector<float>.One);
    }

    private sealed class Of<TFunction> : UnaryKernel
        where TFunction : struct, IFunction
    {
        private readonly TFunction function;

        public Of(KernelRequest request, TFunction function)
            : base(request) => this.function = function;

        [MethodImpl(Hot)]
        protected override void RunSpan(float* x, float* y, int count)
        {
            var apply = function;
            int i = 0;
            for (; i <= count - Width; i += Width)
                Store(y + i, apply.Apply(Load(x + i)));

            if (i < count)
                StorePart(y + i, apply.Apply(LoadPart(x + i, count - i)), count - i);
        }
    }
}
