using System;
using System.Collections.Generic;
using System.Globalization;
using System.Linq;
using Microsoft.CodeAnalysis;

namespace QuantMcu.Generators.Request;

/// <summary>Turns a <see cref="QuantizedModelAttribute"/> in a user's source into a <see cref="ModelRequest"/>.</summary>
internal static class AttributeReader
{
    public const string MetadataName = "QuantMcu." + nameof(QuantizedModelAttribute);

    public static ModelRequest Read(INamedTypeSymbol type, AttributeData attribute)
    {
        string model = attribute.ConstructorArguments.Select(Text).FirstOrDefault() ?? "";
        string? calibration = null;
        var options = new List<OptionSetting>();
        foreach (KeyValuePair<string, TypedConstant> argument in attribute.NamedArguments)
        {
            string? value = Text(argument.Value);
            if (argument.Key == RequestArguments.Calibration)
                calibration = value;
            else if (value is not null)
                options.Add(new OptionSetting(argument.Key, value));
        }

        return new ModelRequest(
            ClassReader.Read(type), ClassReader.FindError(type, model), model, calibration, options.ToEquatableArray());
    }

    /// <summary>The constant as <c>OptionParser</c> wants it; null where it is null or does not compile.</summary>
    private static string? Text(TypedConstant constant) => constant.Kind switch
    {
        _ when constant.IsNull => null,
        TypedConstantKind.Array => string.Join(",", constant.Values.Select(Text)),
        TypedConstantKind.Enum => MemberName(constant) ?? Text(constant.Value!),
        TypedConstantKind.Primitive => Text(constant.Value!),
        _ => null,
    };

    private static string Text(object value) => value is double real
        ? real.ToString("R", CultureInfo.InvariantCulture)
        : Convert.ToString(value, CultureInfo.InvariantCulture)!;

    private static string? MemberName(TypedConstant constant) => constant.Type?.GetMembers().OfType<IFieldSymbol>()
        .FirstOrDefault(field => field.HasConstantValue && field.ConstantValue.Equals(constant.Value))?.Name;
}
