using System.Globalization;

namespace QuantMcu.Compiler.Reports.Html;

/// <summary>Numbers as people read them, the same in every culture.</summary>
internal static class Figures
{
    /// <summary><c>1,234,567</c>.</summary>
    public static string Count(double value) => value.ToString("N0", CultureInfo.InvariantCulture);

    /// <summary><c>1,234 bytes</c>.</summary>
    public static string Bytes(long bytes) => Count(bytes) + (bytes == 1 ? " byte" : " bytes");

    /// <summary><c>12.3 M</c>: three significant digits.</summary>
    public static string Short(double value)
    {
        string[] units = { "", " k", " M", " G", " T" };
        int unit = 0;
        for (; value >= 999.5 && unit < units.Length - 1; unit++)
            value /= 1000;

        string format = unit == 0 || value >= 99.95 ? "F0" : value >= 9.995 ? "F1" : "F2";
        return value.ToString(format, CultureInfo.InvariantCulture) + units[unit];
    }

    /// <summary><c>2.20x</c>.</summary>
    public static string Ratio(double value) => value.ToString("F2", CultureInfo.InvariantCulture) + "x";

    /// <summary><c>93.83 %</c>, of a percentage.</summary>
    public static string Percent(double value) => value.ToString("F2", CultureInfo.InvariantCulture) + " %";

    /// <summary>Four significant digits; empty for null.</summary>
    public static string Real(double? value) => value?.ToString("G4", CultureInfo.InvariantCulture) ?? "";

    /// <summary>A coordinate or a length, to a hundredth.</summary>
    public static string Place(double value) => value.ToString("0.##", CultureInfo.InvariantCulture);

    /// <summary>Percent of a whole, as CSS and SVG take it.</summary>
    public static string PlacePercent(double part, double whole) => Place(whole <= 0 ? 0 : 100 * part / whole) + "%";

    public static string Index(int value) => value.ToString(CultureInfo.InvariantCulture);
}
