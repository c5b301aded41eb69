using System;
using System.Linq;
using QuantMcu.Compiler.Lowering.CSharp;

namespace QuantMcu.Compiler.Emit.CSharp;

/// <summary>real = Scale * (code - Zero), code as the caller passes it; one pair, or one per channel.</summary>
internal sealed class PortUnits
{
    public PortUnits(ProgramPort port)
    {
        bool signed = port.Port.Signed;
        int channels = Math.Max(port.Port.Mean.Length, port.Port.Std.Length);
        if (channels == 0)
        {
            Scale = [port.Tensor.Quantizer.Scale];
            Zero = [port.Tensor.Quantizer.ZeroPoint - (signed ? 128 : 0)];
        }
        else
        {
            Scale = Enumerable.Range(0, channels)
                .Select(c => port.Port.Std.Length == 0 ? 1 : 1 / port.Port.Std[c % port.Port.Std.Length]).ToArray();
            Zero = Enumerable.Range(0, channels)
                .Select(c => port.Port.Mean.Length == 0 ? 0 : port.Port.Mean[c % port.Port.Mean.Length]).ToArray();
        }

        Lowest = signed ? -128 : 0;
        Highest = Lowest + port.Tensor.Quantizer.MaxCode;
    }

    public double[] Scale { get; }

    public double[] Zero { get; }

    public int Lowest { get; }

    public int Highest { get; }

    public bool PerChannel => Scale.Length > 1;

    /// <summary>How emitted code names the scale of element <c>i</c>.</summary>
    public string ScaleAt => PerChannel ? "scale[i % Channels]" : "Scale";

    /// <summary>How emitted code names the zero of element <c>i</c>.</summary>
    public string ZeroAt => PerChannel ? "zero[i % Channels]" : "Zero";

    /// <summary>
    /// Nearest code of element <c>i</c>. Whole zero points are added after rounding, as the quantizer itself does.
    /// </summary>
    public string CodeAt => Zero.All(zero => zero == Math.Floor(zero))
        ? "global::System.Math.Round(real[i] / " + ScaleAt + ") + " + ZeroAt
        : "global::System.Math.Round((real[i] / " + ScaleAt + ") + " + ZeroAt + ")";
}
