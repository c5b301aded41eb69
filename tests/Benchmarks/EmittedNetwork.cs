using System;
using System.Diagnostics;
using QuantMcu.Compiler.Diagnostics;
using QuantMcu.Compiler.Graph;
using QuantMcu.Testing;

namespace QuantMcu.Benchmarks;

/// <summary>The C# of a model, compiled in memory as a user's project would compile it.</summary>
internal sealed class EmittedNetwork
{
    private readonly InferenceOfBytes run;
    private readonly byte[] input;
    private readonly byte[] output;

    private EmittedNetwork(Shape inputShape, InferenceOfBytes run, byte[] input, byte[] output)
    {
        InputShape = inputShape;
        this.run = run;
        this.input = input;
        this.output = output;
    }

    private delegate void InferenceOfBytes(ReadOnlySpan<byte> input, Span<byte> output);

    private delegate void InferenceOfSignedBytes(ReadOnlySpan<sbyte> input, Span<byte> output);

    /// <summary>As the model has it, channels first.</summary>
    public Shape InputShape { get; }

    /// <exception cref="ModelException">The model does not compile.</exception>
    public static EmittedNetwork Compile(EvaluationModel model)
    {
        var compiled = model.Compile();
        var hosted = CSharpHost.Load(compiled.Network)[0];

        byte[] sample = model.ReadSamples().Take(1).Bytes;
        byte[] output = new byte[hosted.Program.Outputs[0].Tensor.Elements];
        return new EmittedNetwork(compiled.Source.Inputs[0].Shape, RunOf(hosted), sample, output);
    }

    /// <summary>Microseconds of each of <paramref name="count"/> inferences.</summary>
    public double[] Time(int count)
    {
        var times = new double[count];
        for (int i = 0; i < count; i++)
        {
            long start = Stopwatch.GetTimestamp();
            run(input, output);
            times[i] = Stopwatch.GetElapsedTime(start).TotalMicroseconds;
        }

        return times;
    }

    private static InferenceOfBytes RunOf(HostedNetwork network)
    {
        if (!network.Program.Inputs[0].Port.Signed)
        {
            var method = network.Type.GetMethod("Run", [typeof(ReadOnlySpan<byte>), typeof(Span<byte>)])!;
            return method.CreateDelegate<InferenceOfBytes>();
        }

        var signed = network.Type.GetMethod("Run", [typeof(ReadOnlySpan<sbyte>), typeof(Span<byte>)])!
            .CreateDelegate<InferenceOfSignedBytes>();
        return (input, output) => signed(System.Runtime.InteropServices.MemoryMarshal.Cast<byte, sbyte>(input), output);
    }
}
