namespace QuantMcu.Compiler;

/// <summary>What <see cref="CompileProgress.Stage"/> says.</summary>
public static class CompileStages
{
    /// <summary>The ONNX file is read.</summary>
    public const string Importing = "Importing";

    /// <summary>To the normal form.</summary>
    public const string Simplifying = "Simplifying";

    /// <summary>Samples run through the float network.</summary>
    public const string Calibrating = "Calibrating";

    /// <summary>Decisions about patches and bit widths; networks that a search builds to compare them are part of it.</summary>
    public const string Searching = "Searching";

    /// <summary>The network that was decided on.</summary>
    public const string Quantizing = "Quantizing";
}
