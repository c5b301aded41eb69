namespace QuantMcu.Compiler.Graph.Operators;

/// <summary>Where a spatial operator finds the channel axis.</summary>
public enum Layout
{
    /// <summary>ONNX's own: N, C, then the spatial axes.</summary>
    ChannelsFirst,

    /// <summary>N, the spatial axes, then C: what Simplify leaves behind and everything after it uses.</summary>
    ChannelsLast,
}
