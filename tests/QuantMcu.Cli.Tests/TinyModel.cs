using System;
using System.IO;
using QuantMcu.Testing;

namespace QuantMcu.Cli.Tests;

/// <summary>A model of two layers with calibration samples and labels, as files in a directory.</summary>
internal sealed class TinyModel
{
    public const int Samples = 12;

    public TinyModel(TemporaryDirectory directory, string name = "tiny net.onnx")
    {
        Model = directory.Write(name, Bytes());
        var pixels = new byte[Samples * 8 * 8 * 3];
        new Random(7).NextBytes(pixels);
        Data = directory.Write("x.npy", Npy("|u1", [Samples, 8, 8, 3], pixels));
        Labels = directory.Write("y.npy", Npy("|u1", [Samples], new byte[Samples]));
    }

    /// <summary>Path of the .onnx file.</summary>
    public string Model { get; }

    /// <summary>Path of the samples, uint8 NHWC.</summary>
    public string Data { get; }

    /// <summary>Path of the labels: class 0 throughout.</summary>
    public string Labels { get; }

    public static byte[] Bytes() => new OnnxBuilder()
        .Input("image", 1, 3, 8, 8)
        .Random("w1", 1, 4, 3, 3, 3)
        .Random("b1", 2, 4)
        .Node("Conv", ["image", "w1", "b1"], ["conv[1]"], ("pads", new[] { 1, 1, 1, 1 }), ("strides", new[] { 2, 2 }))
        .Node("Relu", ["conv[1]"], ["relu"])
        .Node("Flatten", ["relu"], ["flat"])
        .Random("w2", 3, 5, 64)
        .Random("b2", 4, 5)
        .Node("Gemm", ["flat", "w2", "b2"], ["logits"], ("transB", 1))
        .Output("logits")
        .ToBytes();

    /// <summary>An .npy file, format version 1.0.</summary>
    public static byte[] Npy(string type, int[] shape, byte[] data)
    {
        string header = "{'descr': '" + type + "', 'fortran_order': False, 'shape': (" + string.Join(", ", shape) + ",), }";
        header = header.PadRight(117) + "\n";
        using var file = new MemoryStream();
        file.Write([0x93, (byte)'N', (byte)'U', (byte)'M', (byte)'P', (byte)'Y', 1, 0, (byte)header.Length, 0]);
        file.Write(System.Text.Encoding.ASCII.GetBytes(header));
        file.Write(data);
        return file.ToArray();
    }
}
