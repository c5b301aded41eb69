using System.Globalization;

namespace QuantMcu.Cli.Output;

/// <summary>Numbers as people read them, the same in every culture.</summary>
internal static class Numbers
{
    /// <summary><c>1,234,567</c>.</summary>
    public static string Text(long value) => value.ToString("N0", CultureInfo.InvariantCulture);

    /// <summary>Four significant digits.</summary>
    public static string Text(double value) => value.ToString("G4", CultureInfo.InvariantCulture);

    /// <summary><c>-1.25 .. 3</c>.</summary>
    public static string Range(double min, double max) => Text(min) + " .. " + Text(max);

    /// <summary>Two decimals, of a percentage for instance.</summary>
    public static string Fixed2(double value) => value.ToString("F2", CultureInfo.InvariantCulture);
}
