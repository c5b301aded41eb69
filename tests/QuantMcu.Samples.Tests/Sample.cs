using System.IO;
using System.Linq;
using System.Threading;
using System.Threading.Tasks;
using QuantMcu.Compiler;
using QuantMcu.Compiler.Calibration;
using QuantMcu.Compiler.Reference.Integer;
using QuantMcu.Compiler.Request;
using QuantMcu.Testing;
using Xunit;

namespace QuantMcu.Samples.Tests;

/// <summary>The model and data of a sample program, compiled here once more for its quantized network.</summary>
internal sealed class Sample
{
    private readonly SampleSet samples;

    public Sample(string folder, string model, CompileOptions options)
    {
        folder = Path.Combine(ModelsFolder.Repository, "samples", folder);
        Request = new CompileRequest(
            model,
            File.ReadAllBytes(Path.Combine(folder, "models", model + ".onnx")),
            File.ReadAllBytes(Path.Combine(folder, "data", "calib_x.npy")),
            options);
        samples = NpyReader.Read(File.ReadAllBytes(Path.Combine(folder, "data", "eval_x.npy")));
        var result = ModelCompiler.Compile(Request, progress: null, CancellationToken.None);
        Assert.Empty(result.Diagnostics);
        Model = result.Model!;
    }

    public CompileRequest Request { get; }

    public CompiledModel Model { get; }

    public int Count => samples.Count;

    /// <summary>The raw bytes of an evaluation sample.</summary>
    public System.ReadOnlySpan<byte> Raw(int index) =>
        System.MemoryExtensions.AsSpan(samples.Bytes, index * samples.SampleElements, samples.SampleElements);

    /// <summary>What the integer interpreter makes of every evaluation sample.</summary>
    public byte[][] Interpreted()
    {
        int signBit = samples.Type == SampleType.Int8 ? 0x80 : 0;
        var outputs = new byte[Count][];
        Parallel.For(0, Count, i =>
        {
            byte[] codes = Raw(i).ToArray().Select(raw => (byte)(raw ^ signBit)).ToArray();
            outputs[i] = IntegerInterpreter.Run(Model.Network, [codes])[0];
        });
        return outputs;
    }
}
