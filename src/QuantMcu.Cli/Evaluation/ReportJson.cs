using System.Text.Json;
using System.Text.Json.Serialization;
using QuantMcu.Compiler.Reports;

namespace QuantMcu.Cli.Evaluation;

/// <summary>A report for programs: the properties of <see cref="NetworkReport"/>, in snake_case.</summary>
internal static class ReportJson
{
    private static readonly JsonSerializerOptions Format = new()
    {
        PropertyNamingPolicy = JsonNamingPolicy.SnakeCaseLower,
        Converters = { new JsonStringEnumConverter() },
        NumberHandling = JsonNumberHandling.AllowNamedFloatingPointLiterals,
        WriteIndented = true,
        NewLine = "\n",
    };

    // The picture is for eyes only.
    public static string Of(NetworkReport report) => JsonSerializer.Serialize(report with { Picture = null }, Format) + "\n";
}
