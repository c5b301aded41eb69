namespace QuantMcu.Compiler.Graph;

/// <summary>Bounds on untrusted models, checked before anything is allocated. Far above what a microcontroller can run.</summary>
public static class ModelLimits
{
    /// <summary>Bytes of an ONNX file.</summary>
    public const int FileBytes = 512 * 1024 * 1024;

    /// <summary>Elements of one tensor.</summary>
    public const int TensorElements = 1 << 26;

    /// <summary>Elements of all tensors of a graph together, constants and results.</summary>
    public const long TotalElements = 1L << 29;

    public const int Nodes = 20_000;

    public const int Rank = 8;

    /// <summary>Multiply-accumulates of one inference; other operators count by the elements they visit.</summary>
    public const long Macs = 1L << 36;

    /// <summary>Messages and strings that describe a model: nodes, attributes, names. Bounds what parsing allocates.</summary>
    public const int Parts = 1 << 20;

    /// <summary>Kernel size, stride, dilation and padding of a window, each.</summary>
    public const int Window = short.MaxValue;
}
