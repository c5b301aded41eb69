using System;

namespace QuantMcu.Compiler.Emit.CSharp.Kernels;

/// <summary>
/// The weight side of a convolution, by the bits of its weights: how a block of 16 outputs times a quad of codes becomes vectors of
/// int16, weights 0 and 2 of every quad ("even"), then 1 and 3 ("odd"). A quad of an output takes 4, 2 or 1 bytes, lowest bits first.
/// </summary>
internal static class ConvWeights
{
    private static readonly Helper Split8 = new(
        "Split{0}",
        """
        /// <summary>Weights 0 and 2 of every quad, widened.</summary>
        [MethodImpl(MethodImplOptions.AggressiveInlining)]
        private static Vector{0}<short> Even(Vector{0}<short> quads) =>
            Vector{0}.ShiftRightArithmetic(Vector{0}.ShiftLeft(quads, 8), 8);

        /// <summary>Weights 1 and 3 of every quad, widened.</summary>
        [MethodImpl(MethodImplOptions.AggressiveInlining)]
        private static Vector{0}<short> Odd(Vector{0}<short> quads) => Vector{0}.ShiftRightArithmetic(quads, 8);
        """);

    private static readonly Helper Split4 = new(
        "Split{0}Weights4",
        """
        /// <summary>Weights 0 and 2 of every quad of 4 bits, widened.</summary>
        [MethodImpl(MethodImplOptions.AggressiveInlining)]
        private static Vector{0}<short> Even4(Vector{0}<short> quads) =>
            Vector{0}.ShiftRightArithmetic(Vector{0}.ShiftLeft(quads, 12), 12);

        /// <summary>Weights 1 and 3 of every quad of 4 bits, widened.</summary>
        [MethodImpl(MethodImplOptions.AggressiveInlining)]
        private static Vector{0}<short> Odd4(Vector{0}<short> quads) => Vector{0}.ShiftRightArithmetic(quads, 4);
        """);

    private static readonly Helper Split2 = new(
        "Split{0}Weights2",
        """
        /// <summary>Quads of 2 bits, one in each 32 bits, in both halves of them.</summary>
        [MethodImpl(MethodImplOptions.AggressiveInlining)]
        private static Vector{0}<short> Twice(Vector{0}<int> quads) => (quads | Vector{0}.ShiftLeft(quads, 16)).AsInt16();

        /// <summary>Weights 0 and 2 of every quad of 2 bits, widened.</summary>
        [MethodImpl(MethodImplOptions.AggressiveInlining)]
        private static Vector{0}<short> Even2(Vector{0}<short> quads) =>
            Vector{0}.ShiftRightArithmetic(quads * Vector{0}.Create(0x04004000).AsInt16(), 14);

        /// <summary>Weights 1 and 3 of every quad of 2 bits, widened.</summary>
        [MethodImpl(MethodImplOptions.AggressiveInlining)]
        private static Vector{0}<short> Odd2(Vector{0}<short> quads) =>
            Vector{0}.ShiftRightArithmetic(quads * Vector{0}.Create(0x01001000).AsInt16(), 14);
        """);

    private static readonly Helper Weight4 = new(
        "Weight4",
        """
        /// <summary>One of neighbouring weights of 4 bits.</summary>
        [MethodImpl(MethodImplOptions.AggressiveInlining)]
        private static int Weight4(sbyte* weights, int index) => (sbyte)(weights[index >> 1] << (4 - ((index & 1) * 4))) >> 4;
        """);

    private static readonly Helper Weight2 = new(
        "Weight2",
        """
        /// <summary>One of neighbouring weights of 2 bits.</summary>
        [MethodImpl(MethodImplOptions.AggressiveInlining)]
        private static int Weight2(sbyte* weights, int index) => (sbyte)(weights[index >> 2] << (6 - ((index & 3) * 2))) >> 6;
        """);

    /// <summary>Bytes of 16 outputs times 4 codes.</summary>
    public static int BlockBytes(int bits) => 8 * bits;

    /// <summary>Even and odd weights of vectors of some width.</summary>
    public static Helper Split(int bits, int width)
    {
        var split = bits == 8 ? Split8 : bits == 4 ? Split4 : Split2;
        string number = FormattableString.Invariant($"{width}");
        return new(split.Name.Replace("{0}", number), split.Text.Replace("{0}", number));
    }

    /// <summary>An expression for as many quads as a vector of 512, 256 or 128 bits has room for, as Even and Odd take them.</summary>
    public static string Load(int bits, int width, string pointer) => (bits, width) switch
    {
        (8, _) => FormattableString.Invariant($"Vector{width}.Load((short*){pointer})"),
        (4, 512) => $"Avx512BW.ConvertToVector512Int16(Vector256.Load({pointer}))",
        (4, 256) => $"Avx2.ConvertToVector256Int16({pointer})",
        (4, _) => $"Vector128.WidenLower(Vector128.CreateScalar(*(ulong*){pointer}).AsSByte())",
        (_, 512) => $"Twice(Avx512F.ConvertToVector512Int32(Vector128.Load((byte*){pointer})))",
        (_, 256) => $"Twice(Avx2.ConvertToVector256Int32((byte*){pointer}))",
        _ => $"Twice(Vector128.WidenLower(Vector128.WidenLower(Vector128.CreateScalar(*(uint*){pointer}).AsByte())).AsInt32())",
    };

    /// <summary>An expression for one of neighbouring weights.</summary>
    public static string At(int bits, string pointer, string index) =>
        bits == 8 ? $"{pointer}[{index}]" : $"Weight{ConvCodes.Suffix(bits)}({pointer}, {index})";

    /// <summary>What <see cref="At"/> calls.</summary>
    public static Helper[] AtNeeds(int bits) => bits == 8 ? [] : [bits == 4 ? Weight4 : Weight2];
}
