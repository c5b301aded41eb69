namespace QuantMcu.Compiler.Patching;

/// <summary>How a feature map is cut: Rows x Columns tiles, each at least 1.</summary>
public readonly record struct PatchGrid(int Rows, int Columns)
{
    /// <summary>Not cut at all; as an option: the network runs layer by layer, without a patch stage.</summary>
    public static PatchGrid Whole { get; } = new(1, 1);

    public int Tiles => Rows * Columns;

    public override string ToString() =>
        Rows.ToString(System.Globalization.CultureInfo.InvariantCulture) + "x" + Columns.ToString(System.Globalization.CultureInfo.InvariantCulture);
}
