namespace QuantMcu.Generators;

/// <summary>Names of the pipeline's steps, by which tests see what ran again.</summary>
internal static class TrackingNames
{
    /// <summary>Attributes as written, with their places in the source.</summary>
    public const string Requests = nameof(Requests);

    /// <summary>The project's .onnx and .npy files, unread.</summary>
    public const string Files = nameof(Files);

    /// <summary>Requests with their files and options found.</summary>
    public const string Resolved = nameof(Resolved);

    /// <summary>Requests with the content of their files.</summary>
    public const string Loaded = nameof(Loaded);

    /// <summary>What came of the requests: the engine runs here.</summary>
    public const string Compiled = nameof(Compiled);

    /// <summary>Source of the public surface.</summary>
    public const string Api = nameof(Api);

    /// <summary>Source of the kernels.</summary>
    public const string Kernels = nameof(Kernels);

    /// <summary>Diagnostics with their places in the source.</summary>
    public const string Findings = nameof(Findings);
}
