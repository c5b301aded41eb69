using System;
using System.Linq;
using System.Text;
using QuantMcu.Testing;

namespace QuantMcu.Generators.Tests.Hosting;

/// <summary>Small models and samples.</summary>
internal static class TestModels
{
    public const string Source = """
        using QuantMcu;

        namespace Vision;

        [QuantizedModel("models/digits.onnx", Calibration = "models/digits.npy")]
        public static partial class Digits;
        """;

    /// <summary>3 x 8 x 8 pixels, one convolution, one dense layer, 4 logits.</summary>
    public static byte[] Digits(int seed = 1) => new OnnxBuilder()
        .Input("pixels", -1, 3, 8, 8)
        .Random("w1", seed, 4, 3, 3, 3)
        .Node("Conv", ["pixels", "w1"], ["c1"], ("pads", new[] { 1, 1, 1, 1 }), ("strides", new[] { 2, 2 }))
        .Node("Relu", ["c1"], ["r1"])
        .Node("GlobalAveragePool", ["r1"], ["p1"])
        .Node("Flatten", ["p1"], ["f1"])
        .Random("w2", seed + 1, 4, 4)
        .Random("b2", seed + 2, 4)
        .Node("Gemm", ["f1", "w2", "b2"], ["logits"])
        .Output("logits")
        .ToBytes();

    /// <summary>A vector of 5 features through two dense layers.</summary>
    public static byte[] Sensor(int seed = 1) => new OnnxBuilder()
        .Input("features", 1, 5)
        .Random("w1", seed, 5, 7)
        .Random("b1", seed + 1, 7)
        .Node("Gemm", ["features", "w1", "b1"], ["h1"])
        .Node("Relu", ["h1"], ["r1"])
        .Random("w2", seed + 2, 7, 2)
        .Node("MatMul", ["r1", "w2"], ["scores"])
        .Output("scores")
        .ToBytes();

    /// <summary>uint8 samples of 8 x 8 pixels with 3 channels.</summary>
    public static byte[] DigitSamples(int count = 4) => Npy("|u1", Bytes(count * 8 * 8 * 3), count, 8, 8, 3);

    /// <summary>int8 samples of 5 features.</summary>
    public static byte[] SensorSamples(int count = 16) => Npy("|i1", Bytes(count * 5), count, 5);

    /// <summary>A project with one class and its files.</summary>
    public static TestProject DigitsProject() =>
        new TestProject(Source).With("models/digits.onnx", Digits()).With("models/digits.npy", DigitSamples());

    private static byte[] Bytes(int count)
    {
        var bytes = new byte[count];
        new Random(5).NextBytes(bytes);
        return bytes;
    }

    private static byte[] Npy(string type, byte[] data, params int[] shape)
    {
        string sizes = string.Join(", ", shape);
        string header = $"{{'descr': '{type}', 'fortran_order': False, 'shape': ({sizes},), }}".PadRight(117) + "\n";
        return [0x93, .. "NUMPY"u8, 1, 0, (byte)header.Length, 0, .. Encoding.ASCII.GetBytes(header), .. data];
    }
}
