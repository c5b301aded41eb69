using System.Globalization;
using System.Text;
using QuantMcu.Cli.Output;

namespace QuantMcu.Cli.Evaluation;

/// <summary>An evaluation as a few lines for people.</summary>
internal static class EvaluationText
{
    private const int LabelWidth = 12;

    public static string Of(EvaluationReport report)
    {
        var text = new StringBuilder();
        Line("model", report.Model);
        Line("samples", Numbers.Text(report.Samples));
        if (report is { FloatTop1: { } floatTop1, QuantizedTop1: { } quantizedTop1 })
        {
            string change = (quantizedTop1 - floatTop1).ToString("+0.00;-0.00;0.00", CultureInfo.InvariantCulture);
            string quantized = Numbers.Fixed2(quantizedTop1) + " % (" + change + ")";
            Line("top-1", "float " + Numbers.Fixed2(floatTop1) + " %, quantized " + quantized);
        }

        Line("agreement", Numbers.Fixed2(report.Agreement) + " %");
        string more = report.MacsExecuted == report.MacsLayerwise ? "" : ", " + Times((double)report.MacsExecuted / report.MacsLayerwise) + " layer by layer";
        Line("MACs", Numbers.Text(report.MacsExecuted) + more);
        double eight = 64.0 * report.MacsLayerwise;
        string fewer = report.Bitops == 0 || report.Bitops == eight ? "" : ", " + Times(eight / report.Bitops) + " fewer than 8 bits layer by layer";
        string patches = report.BitopsRatioPatchStage is { } stage
            ? "; " + Times(report.BitopsRatio) + " than 8-bit patches, patch stage " + Times(stage) : "";
        Line("BitOPs", Numbers.Text(report.Bitops) + fewer + patches);
        Line("arena", Numbers.Text(report.ArenaBytes) + " bytes");
        Line("weights", Numbers.Text(report.FlashBytes) + " bytes");
        Line("calibration", Numbers.Fixed2(report.CalibrateSeconds) + " s");
        if (report.SearchSeconds > 0)
            Line("search", Numbers.Fixed2(report.SearchSeconds) + " s");
        return text.ToString().TrimEnd();

        void Line(string label, string value) => text.Append(label.PadRight(LabelWidth)).AppendLine(value);
    }

    private static string Times(double ratio) => Numbers.Fixed2(ratio) + "x";
}
