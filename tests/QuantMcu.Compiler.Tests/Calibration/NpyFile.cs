using System;
using System.Linq;
using System.Text;

namespace QuantMcu.Compiler.Tests.Calibration;

/// <summary>Writes .npy files the way that NumPy does, and the ways that it does not.</summary>
internal static class NpyFile
{
    public static byte[] Of<T>(string descr, string shape, params T[] values)
        where T : unmanaged => Of($"{{'descr': '{descr}', 'fortran_order': False, 'shape': {shape}, }}", BytesOf(values));

    /// <param name="text">The header's dictionary; padded with spaces to 64 bytes as NumPy does.</param>
    /// <param name="data">The elements.</param>
    /// <param name="version">1 has 2 length bytes, 2 and 3 have 4.</param>
    public static byte[] Of(string text, byte[] data, byte version = 1)
    {
        int start = version == 1 ? 10 : 12;
        int length = ((start + text.Length + 1 + 63) / 64 * 64) - start;
        var lengthBytes = BitConverter.GetBytes(length).Take(version == 1 ? 2 : 4);
        return new byte[] { 0x93 }.Concat(Encoding.ASCII.GetBytes("NUMPY")).Concat(new byte[] { version, 0 }).Concat(lengthBytes)
            .Concat(Encoding.ASCII.GetBytes(text.PadRight(length - 1) + "\n")).Concat(data).ToArray();
    }

    private static byte[] BytesOf<T>(T[] values)
        where T : unmanaged => System.Runtime.InteropServices.MemoryMarshal.AsBytes<T>(values).ToArray();
}
