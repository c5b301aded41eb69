using QuantMcu;

namespace NanoMeter
{
    /// <summary>
    /// The digit under the window of a meter's drum, or none, from a gray picture of 96 x 96 pixels. This file is compiled for the board and, in
    /// samples/NanoOnHost, for .NET.
    /// </summary>
    [QuantizedModel(
        "MeterReader/models/meter.onnx", Calibration = "MeterReader/data/calib_x.npy", Mean = new[] { 112.0 }, Std = new[] { 64.0 },
        Ram = 48 * 1024, Target = Target.Esp32)]
    public static partial class Meter
    {
    }
}
