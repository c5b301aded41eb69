namespace QuantMcu.Compiler.Patching;

/// <summary>How a feature map is cut: Rows x Columns tiles, each at least 1.</summary>
public readonly record struct PatchGrid(int Rows, int Columns)
{
    public int Tiles => Rows * Columns;

    public override string ToString() =>
        Rows.ToString(System.Globalization.CultureInfo.InvariantCulture) + "x" + Columns.ToString(System.Globalization.CultureInfo.InvariantCulture);
}
