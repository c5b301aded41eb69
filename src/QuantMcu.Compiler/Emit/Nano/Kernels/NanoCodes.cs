using QuantMcu.Compiler.Emit.CSharp;

namespace QuantMcu.Compiler.Emit.Nano.Kernels;

/// <summary>
/// What kernels for nanoFramework share. Its interpreter takes the sign of a shift, division or widening from its operands at run time, so that an
/// int that was an unsigned number a moment ago is still one: emitted code has none of 32 or 64 bits. (Bytes become signed when they are loaded.)
/// </summary>
internal static class NanoCodes
{
    public static readonly Helper Code = new(
        "Code",
        """
        /// <summary>A code of a line that starts at a byte.</summary>
        private static int Code(byte[] x, int line, int index, int bits)
        {
            int bit = index * bits;
            int value = x[line + (bit >> 3)];
            return (value >> (bit & 7)) & ((1 << bits) - 1);
        }
        """);

    public static readonly Helper Put = new(
        "Put",
        """
        /// <summary>Writes a code of a line that starts at a byte; its neighbours stay.</summary>
        private static void Put(byte[] y, int line, int index, int bits, int code)
        {
            int bit = index * bits, at = line + (bit >> 3);
            bit &= 7;
            int old = y[at];
            y[at] = (byte)((old & ~(((1 << bits) - 1) << bit)) | (code << bit));
        }
        """);

    public static readonly Helper At = new(
        "At",
        """
        /// <summary>A code of a tensor by its index; lines start on bytes.</summary>
        private static int At(byte[] x, int offset, int index, int line, int bits)
        {
            if (bits == 8)
            {
                int value = x[offset + index];
                return value;
            }

            return Code(x, offset + (index / line * (((line * bits) + 7) >> 3)), index % line, bits);
        }
        """,
        Code);

    public static readonly Helper PutAt = new(
        "PutAt",
        """
        /// <summary>Writes a code of a tensor by its index.</summary>
        private static void PutAt(byte[] y, int offset, int index, int line, int bits, int code)
        {
            if (bits == 8)
                y[offset + index] = (byte)code;
            else
                Put(y, offset + (index / line * (((line * bits) + 7) >> 3)), index % line, bits, code);
        }
        """,
        Put);

    public static readonly Helper Requantize = new(
        "Requantize",
        """
        /// <summary>From a sum to a code.</summary>
        private static int Requantize(int sum, int multiplier, int preShift, int addend, int shift, int min, int max)
        {
            long product = (long)(sum << preShift) * multiplier;
            int code = (int)(product >> 32);
            code = (code + addend) >> shift;
            if (code < min)
                code = min;

            if (code > max)
                code = max;

            return code;
        }
        """);
}
