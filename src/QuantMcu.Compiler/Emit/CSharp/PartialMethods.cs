using System.Globalization;
using System.Linq;
using QuantMcu.Compiler.Lowering.CSharp;

namespace QuantMcu.Compiler.Emit.CSharp;

/// <summary>The members of the user's class that phase 2 adds: implementations of phase 1's partial methods.</summary>
internal static class PartialMethods
{
    public static void Print(IndentedWriter writer, ClassApi api, CSharpProgram program)
    {
        writer.Text(
            $$"""
            static partial void GetArenaBytes(ref int bytes) => bytes = {{program.ArenaBytes}};

            static partial void GetWeightBytes(ref int bytes) => bytes = {{program.WeightBytes}};

            static partial void GetCost(ref long macs, ref long executedMacs, ref long bitOps)
            {
                macs = {{program.Cost.Macs}};
                executedMacs = {{program.Cost.ExecutedMacs}};
                bitOps = {{program.Cost.BitOps.Executed}};
            }

            static partial void GetStaticArena(ref byte* arena) => arena = global::QuantMcu.Generated.Kernels.StaticArena;

            {{ApiPrinter.InferSignature(api)}} =>
                global::QuantMcu.Generated.Kernels.Run(
                    {{string.Join(", ", ApiPrinter.Ports(api).Select(port => port.Parameter))}}, arena{{(api.CountsPatches ? ", patches" : "")}});
            """);
        if (program.Stage is { } stage)
            Patches(writer, stage);

        for (int i = 0; i < api.Inputs.Length; i++)
        {
            Quantization(writer, api.Inputs[i], program.Inputs[i]);
            Quantize(writer, api.Inputs[i], new PortUnits(program.Inputs[i]));
        }

        for (int i = 0; i < api.Outputs.Length; i++)
        {
            Quantization(writer, api.Outputs[i], program.Outputs[i]);
            Dequantize(writer, api.Outputs[i], new PortUnits(program.Outputs[i]));
        }
    }

    private static void Patches(IndentedWriter writer, PatchProgram stage) => writer.Text(
        $$"""

        static partial void GetPatchRows(ref int value) => value = {{stage.Grid.Rows}};

        static partial void GetPatchColumns(ref int value) => value = {{stage.Grid.Columns}};

        static partial void GetPatchHaloCached(ref bool value) => value = {{(stage.Halo == Halo.Cache ? "true" : "false")}};

        static partial void GetPatchBranches(ref int value) => value = {{stage.Branches.Length}};

        static partial void GetPatchClasses(ref global::System.ReadOnlySpan<byte> value) =>
            value = global::QuantMcu.Generated.Kernels.Classes;
        """);

    private static void Quantization(IndentedWriter writer, ApiPort port, ProgramPort own)
    {
        var units = new PortUnits(own);
        writer.Line();
        using (writer.Block($"{ApiPrinter.QuantizationSignature(port)}"))
        {
            writer.Text($"scale = {Real((float)units.Scale[0])}f;");
            writer.Text($"zeroPoint = {(int)System.Math.Round(units.Zero[0])};");
        }
    }

    private static void Quantize(IndentedWriter writer, ApiPort port, PortUnits units)
    {
        writer.Line();
        using (writer.Block($"{ApiPrinter.QuantizeSignature(port)}"))
        {
            Tables(writer, units);
            writer.Text(
                $$"""
                for (int i = 0; i < codes.Length; i++)
                {
                    double code = {{units.CodeAt}};
                    code = double.IsNaN(code) ? global::System.Math.Round({{units.ZeroAt}}) : code;
                    code = global::System.Math.Min(global::System.Math.Max(code, {{units.Lowest}}), {{units.Highest}});
                    codes[i] = ({{port.Type}})code;
                }
                """);
        }
    }

    private static void Dequantize(IndentedWriter writer, ApiPort port, PortUnits units)
    {
        writer.Line();
        using (writer.Block($"{ApiPrinter.DequantizeSignature(port)}"))
        {
            Tables(writer, units);
            writer.Text(
                $$"""
                for (int i = 0; i < codes.Length; i++)
                    real[i] = (float)({{units.ScaleAt}} * (codes[i] - {{units.ZeroAt}}));
                """);
        }
    }

    private static void Tables(IndentedWriter writer, PortUnits units)
    {
        if (!units.PerChannel)
        {
            writer.Text($"const double Scale = {Real(units.Scale[0])}, Zero = {Real(units.Zero[0])};");
            return;
        }

        writer.Text($"const int Channels = {units.Scale.Length};");
        Table("scale", units.Scale);
        Table("zero", units.Zero);

        void Table(string name, double[] values)
        {
            string list = string.Join(", ", values.Select(Real));
            writer.Text($"global::System.ReadOnlySpan<double> {name} = new double[] {{ {list} }};");
        }
    }

    private static string Real(double value) => value.ToString("R", CultureInfo.InvariantCulture);

    private static string Real(float value) => value.ToString("R", CultureInfo.InvariantCulture);
}
