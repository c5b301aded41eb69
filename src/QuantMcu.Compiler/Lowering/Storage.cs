namespace QuantMcu.Compiler.Lowering;

/// <summary>What kind of memory holds the codes of a tensor.</summary>
public enum StorageKind
{
    /// <summary>A buffer of the arena.</summary>
    Arena,

    /// <summary>The caller's input, which is only read.</summary>
    Input,

    /// <summary>The caller's output.</summary>
    Output,

    /// <summary>Read-only data of the program.</summary>
    Constant,
}

/// <summary>Where codes are.</summary>
/// <param name="Kind">The memory.</param>
/// <param name="Index">Which buffer of the arena, input, output, or constant tensor.</param>
public sealed record Storage(StorageKind Kind, int Index);
