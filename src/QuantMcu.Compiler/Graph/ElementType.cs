namespace QuantMcu.Compiler.Graph;

/// <summary>Element types that the importer reads. Names follow ONNX's TensorProto.DataType.</summary>
public enum ElementType
{
    Float32,
    Float64,
    Float16,
    Int8,
    Int16,
    Int32,
    Int64,
    UInt8,
    UInt16,
    UInt32,
    UInt64,
    Bool,
}

public static class ElementTypes
{
    public static bool IsFloat(this ElementType type) => type is ElementType.Float32 or ElementType.Float64 or ElementType.Float16;

    /// <summary>Bits of an integer type as stored in the file; 1 for Bool.</summary>
    public static int IntegerBits(this ElementType type) => type switch
    {
        ElementType.Int8 or ElementType.UInt8 => 8,
        ElementType.Int16 or ElementType.UInt16 => 16,
        ElementType.Int32 or ElementType.UInt32 => 32,
        ElementType.Bool => 1,
        _ => 64,
    };

    public static bool IsUnsigned(this ElementType type) =>
        type is ElementType.UInt8 or ElementType.UInt16 or ElementType.UInt32 or ElementType.UInt64 or ElementType.Bool;
}
