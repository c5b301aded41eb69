using System;
using System.Collections.Immutable;
using System.Globalization;
using System.Linq;
using QuantMcu.Compiler.Diagnostics;
using QuantMcu.Compiler.Graph;
using QuantMcu.Compiler.Patching;

namespace QuantMcu.Compiler.Request;

/// <summary>An option as written, and the ways to read it. Every reader ends in a value or in one QMCU1006 or QMCU1007.</summary>
/// <param name="Name">The name as its user wrote it, for messages.</param>
/// <param name="Text">The value as written.</param>
internal readonly record struct OptionText(string Name, string Text)
{
    private const string Auto = "auto";
    private const int MostPatches = 1024;

    /// <summary>Numbers separated by commas.</summary>
    /// <exception cref="ModelException">QMCU1006 or QMCU1007.</exception>
    public ImmutableArray<double> Reals(bool positive)
    {
        string wanted = positive ? "positive numbers separated by commas, one or one per channel"
            : "numbers separated by commas, one or one per channel";
        var values = ImmutableArray.CreateBuilder<double>();
        foreach (string part in Text.Split(','))
        {
            if (!double.TryParse(part, NumberStyles.Float, CultureInfo.InvariantCulture, out double value))
                throw Unreadable(wanted);
            if (double.IsNaN(value) || double.IsInfinity(value) || (positive && value <= 0))
                throw OutOfRange(part.Trim(), wanted);

            values.Add(value);
        }

        return values.ToImmutable();
    }

    /// <summary>A number of bytes; null where it is 0, which means no budget.</summary>
    /// <exception cref="ModelException">QMCU1006 or QMCU1007.</exception>
    public int? Bytes()
    {
        const string Wanted = "a number of bytes from 0 (no budget) to 2147483647";
        if (!decimal.TryParse(Text, NumberStyles.Integer, CultureInfo.InvariantCulture, out decimal bytes))
            throw Unreadable(Wanted);
        if (bytes is < 0 or > int.MaxValue)
            throw OutOfRange(Text.Trim(), Wanted);

        return bytes == 0 ? null : (int)bytes;
    }

    /// <summary>A member of an enum by its name, whatever its case and hyphens: <c>CortexM4</c>, <c>cortex-m4</c>.</summary>
    /// <exception cref="ModelException">QMCU1006.</exception>
    public TEnum Member<TEnum>()
        where TEnum : struct, Enum
    {
        string key = OptionParser.Key(Text);
        foreach (TEnum member in Enum.GetValues(typeof(TEnum)))
        {
            if (OptionParser.Key(member.ToString()) == key)
                return member;
        }

        throw Unreadable("one of " + string.Join(", ", Enum.GetNames(typeof(TEnum))));
    }

    /// <summary>A member of an enum, or null for <c>auto</c>: the compiler chooses.</summary>
    /// <exception cref="ModelException">QMCU1006.</exception>
    public TEnum? MemberOrAuto<TEnum>()
        where TEnum : struct, Enum =>
        OptionParser.Key(Text) == Auto ? null : Member<TEnum>();

    /// <summary><c>RxC</c>, <c>none</c> for a single patch, or null for <c>auto</c>.</summary>
    /// <exception cref="ModelException">QMCU1006 or QMCU1007.</exception>
    public PatchGrid? Grid()
    {
        const string Wanted = "auto, none, or rows x columns of patches, such as 4x4";
        string text = Text.Trim().ToLowerInvariant();
        if (text == Auto)
            return null;
        if (text == "none")
            return PatchGrid.Whole;

        string[] sides = text.Split('x');
        if (sides.Length != 2 || !TryInteger(sides[0], out decimal rows) || !TryInteger(sides[1], out decimal columns))
            throw Unreadable(Wanted);

        return rows is >= 1 and <= MostPatches && columns is >= 1 and <= MostPatches
            ? new PatchGrid((int)rows, (int)columns)
            : throw OutOfRange(Text.Trim(), Wanted + ", from 1 to " + MostPatches + " each");
    }

    /// <summary>Fewest bits of weights: 8, 4 or 2.</summary>
    /// <exception cref="ModelException">QMCU1006 or QMCU1007.</exception>
    public int Bits()
    {
        const string Wanted = "8, 4 or 2";
        if (!TryInteger(Text, out decimal bits))
            throw Unreadable(Wanted);

        return bits is 8 or 4 or 2 ? (int)bits : throw OutOfRange(Text.Trim(), Wanted);
    }

    /// <summary>A number from 0 to 1.</summary>
    /// <exception cref="ModelException">QMCU1006 or QMCU1007.</exception>
    public double Share() => Real("a number from 0 to 1", most: 1);

    /// <summary>A number that is 0 or greater.</summary>
    /// <exception cref="ModelException">QMCU1006 or QMCU1007.</exception>
    public double NotNegative() => Real("a number from 0", most: double.MaxValue);

    /// <summary><c>true</c> or <c>false</c>, whatever the case.</summary>
    /// <exception cref="ModelException">QMCU1006.</exception>
    public bool Flag() => bool.TryParse(Text, out bool value) ? value : throw Unreadable("true or false");

    /// <summary>Dimensions separated by commas.</summary>
    /// <exception cref="ModelException">QMCU1006 or QMCU1007.</exception>
    public Shape Dimensions()
    {
        const string Wanted = "every dimension of the model's input, separated by commas, such as 1,3,96,96";
        string limited = Wanted + " (up to " + ModelLimits.Rank + " dimensions, " + ModelLimits.TensorElements + " elements)";
        string[] parts = Text.Split(',');
        var dimensions = new int[parts.Length];
        decimal elements = 1;
        for (int axis = 0; axis < parts.Length; axis++)
        {
            if (!decimal.TryParse(parts[axis], NumberStyles.Integer, CultureInfo.InvariantCulture, out decimal dimension))
                throw Unreadable(Wanted);
            if (axis == ModelLimits.Rank || dimension < 1 || dimension * elements > ModelLimits.TensorElements)
                throw OutOfRange(Text.Trim(), limited);

            dimensions[axis] = (int)dimension;
            elements *= dimension;
        }

        return new Shape(dimensions);
    }

    private double Real(string wanted, double most)
    {
        if (!double.TryParse(Text, NumberStyles.Float, CultureInfo.InvariantCulture, out double value))
            throw Unreadable(wanted);

        return value >= 0 && value <= most ? value : throw OutOfRange(Text.Trim(), wanted);
    }

    private static bool TryInteger(string text, out decimal value) =>
        decimal.TryParse(text, NumberStyles.Integer, CultureInfo.InvariantCulture, out value);

    private ModelException Unreadable(string wanted) => new(RequestRules.InvalidOption, Name, Text, wanted);

    private ModelException OutOfRange(string value, string wanted) => new(RequestRules.OptionOutOfRange, Name, value, wanted);
}
