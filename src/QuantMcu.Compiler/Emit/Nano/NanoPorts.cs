using System.Linq;
using QuantMcu.Compiler.Emit.CSharp;
using QuantMcu.Compiler.Lowering.CSharp;

namespace QuantMcu.Compiler.Emit.Nano;

/// <summary>Conversions between real values and codes, without System.Math, which is a package of its own on nanoFramework.</summary>
internal static class NanoPorts
{
    public static void PrintInput(IndentedWriter writer, ApiPort port, int offset, ProgramPort own)
    {
        var units = new PortUnits(own);
        Quantization(writer, port, units);
        writer.Line();
        using (writer.Block($"{NanoApiPrinter.QuantizeSignature(port)}"))
        {
            bool whole = units.Zero.All(zero => zero == System.Math.Floor(zero));
            string zero = Zero(port, units);
            string code = whole ? $"(real[i] / {Scale(port, units)})" : $"((real[i] / {Scale(port, units)}) + {zero})";
            string shift = whole ? " + " + zero : "";
            writer.Text(
                $$"""
                for (int i = 0; i < {{port.Name}}Length; i++)
                {
                    // Nearest, halves to even, as everywhere else; what is not a number is real 0.
                    double exact = {{code}}, nearest = {{(whole ? "0" : zero)}};
                    if (exact <= -100000)
                        nearest = -100000;
                    else if (exact >= 100000)
                        nearest = 100000;
                    else if (exact > -100000)
                        nearest = exact;

                    int code = (int)nearest;
                    double rest = nearest - code;
                    if (rest > 0.5 || (rest == 0.5 && (code & 1) != 0))
                        code++;

                    if (rest < -0.5 || (rest == -0.5 && (code & 1) != 0))
                        code--;

                    code = (int)(code{{shift}});
                    if (code < {{units.Lowest}})
                        code = {{units.Lowest}};

                    if (code > {{units.Highest}})
                        code = {{units.Highest}};

                    codes[{{offset}} + i] = (byte)code;
                }
                """);
        }

        Tables(writer, port, units);
    }

    public static void PrintOutput(IndentedWriter writer, ApiPort port, int offset, ProgramPort own)
    {
        var units = new PortUnits(own);
        Quantization(writer, port, units);
        writer.Line();
        using (writer.Block($"{NanoApiPrinter.DequantizeSignature(port)}"))
        {
            writer.Text(
                $$"""
                for (int i = 0; i < {{port.Name}}Length; i++)
                {
                    int code = {{(port.Signed ? "(sbyte)" : "")}}codes[{{offset}} + i];
                    real[i] = (float)({{Scale(port, units)}} * (code - {{Zero(port, units)}}));
                }
                """);
        }

        Tables(writer, port, units);
    }

    private static void Quantization(IndentedWriter writer, ApiPort port, PortUnits units)
    {
        writer.Line();
        using (writer.Block($"{ApiPrinter.QuantizationSignature(port)}"))
        {
            writer.Text($"scale = {((float)units.Scale[0]).ToString("R", System.Globalization.CultureInfo.InvariantCulture)}f;");
            writer.Text($"zeroPoint = {(int)System.Math.Round(units.Zero[0])};");
        }
    }

    private static string Scale(ApiPort port, PortUnits units) =>
        units.PerChannel ? $"{port.Name}Scales[i % {NanoWriter.Number(units.Scale.Length)}]" : Literal(units.Scale[0]);

    private static string Zero(ApiPort port, PortUnits units) =>
        units.PerChannel ? $"{port.Name}Zeros[i % {NanoWriter.Number(units.Zero.Length)}]" : Literal(units.Zero[0]);

    private static void Tables(IndentedWriter writer, ApiPort port, PortUnits units)
    {
        if (!units.PerChannel)
            return;

        writer.Line();
        writer.Text(
            $$"""
            private static readonly double[] {{port.Name}}Scales = { {{string.Join(", ", units.Scale.Select(Literal))}} };

            private static readonly double[] {{port.Name}}Zeros = { {{string.Join(", ", units.Zero.Select(Literal))}} };
            """);
    }

    /// <summary>A double with a decimal point or exponent; negative ones in parentheses.</summary>
    private static string Literal(double value)
    {
        string text = NanoPrinter.Real(value);
        text = text.IndexOfAny(['.', 'E', 'e']) < 0 ? text + ".0" : text;
        return value < 0 ? "(" + text + ")" : text;
    }
}
