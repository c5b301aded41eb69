using System;
using System.Linq;
using System.Threading;
using QuantMcu.Compiler.Graph;
using QuantMcu.Compiler.Graph.Operators;

namespace QuantMcu.Compiler.Calibration.Execution;

/// <summary>Concatenation: of every input one contiguous run after the other, once per index of the axes before.</summary>
internal sealed class ConcatKernel : FloatKernel
{
    private readonly int repeats;

    /// <summary>Floats that each input gives at a time.</summary>
    private readonly int[] runs;

    private ConcatKernel(int repeats, int[] runs)
    {
        this.repeats = repeats;
        this.runs = runs;
    }

    public static ConcatKernel Create(Concat concat, KernelRequest request)
    {
        int repeats = new Shape(request.Output.Take(concat.Axis)).Elements;
        var runs = request.Node.Inputs.Select(input => new Shape(input!.Shape.Skip(concat.Axis)).Elements);
        return new ConcatKernel(repeats, runs.ToArray());
    }

    public override void Run(float[][] inputs, float[] output, float[] scratch, CancellationToken cancellation)
    {
        int target = 0;
        for (int repeat = 0; repeat < repeats; repeat++)
        {
            for (int i = 0; i < runs.Length; i++)
            {
                Array.Copy(inputs[i], repeat * runs[i], output, target, runs[i]);
                target += runs[i];
            }
        }
    }
}
