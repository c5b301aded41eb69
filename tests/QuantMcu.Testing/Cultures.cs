using System;
using System.Globalization;

namespace QuantMcu.Testing;

/// <summary>Runs code as it would run on a machine with other language settings.</summary>
public static class Cultures
{
    /// <summary>
    /// Runs <paramref name="action"/> under a culture, or, where the machine has no cultures, under one that writes 1,5 for 1.5.
    /// </summary>
    public static T Under<T>(string culture, Func<T> action)
    {
        CultureInfo before = CultureInfo.CurrentCulture;
        CultureInfo.CurrentCulture = Find(culture);
        try
        {
            return action();
        }
        finally
        {
            CultureInfo.CurrentCulture = before;
        }
    }

    private static CultureInfo Find(string culture)
    {
        try
        {
            return new CultureInfo(culture);
        }
        catch (CultureNotFoundException)
        {
            var decimalComma = (CultureInfo)CultureInfo.InvariantCulture.Clone();
            decimalComma.NumberFormat.NumberDecimalSeparator = ",";
            decimalComma.NumberFormat.NumberGroupSeparator = ".";
            return decimalComma;
        }
    }
}
