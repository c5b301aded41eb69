using QuantMcu.Compiler.Diagnostics;
using QuantMcu.Compiler.Graph;

namespace QuantMcu.Compiler.Onnx;

/// <summary>TensorProto.DataType's numbers.</summary>
internal static class OnnxElementTypes
{
    // In the order of the format's numbers.
    private static readonly string[] Names =
    {
        "undefined", "float", "uint8", "int8", "uint16", "int16", "int32", "int64", "string", "bool", "float16", "double", "uint32",
        "uint64", "complex64", "complex128", "bfloat16", "float8e4m3fn", "float8e4m3fnuz", "float8e5m2", "float8e5m2fnuz", "uint4",
        "int4", "float4e2m1",
    };

    /// <exception cref="ModelException">Not an element type that is read; <paramref name="owner"/> names what has it.</exception>
    public static ElementType Read(long number, string owner) => TryRead(number)
        ?? throw new ModelException(OnnxRules.UnsupportedType, owner, NameOf(number));

    public static ElementType? TryRead(long number) => number switch
    {
        1 => ElementType.Float32,
        2 => ElementType.UInt8,
        3 => ElementType.Int8,
        4 => ElementType.UInt16,
        5 => ElementType.Int16,
        6 => ElementType.Int32,
        7 => ElementType.Int64,
        9 => ElementType.Bool,
        10 => ElementType.Float16,
        11 => ElementType.Float64,
        12 => ElementType.UInt32,
        13 => ElementType.UInt64,
        _ => null,
    };

    public static string NameOf(long number) => number >= 0 && number < Names.Length ? Names[number] : "number " + number;
}
