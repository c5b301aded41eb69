using QuantMcu;

namespace NanoMeter
{
    /// <summary>
    /// The same for a camera that is fixed over the window: a gray picture of 24 x 24 pixels, and a network small enough for managed code. This file,
    /// too, is compiled for the board and, in samples/NanoOnHost, for .NET.
    /// </summary>
    [QuantizedModel(
        "MeterWindow/models/meter_small.onnx", Calibration = "MeterWindow/data/calib_x.npy", Mean = new[] { 112.0 }, Std = new[] { 64.0 },
        Target = Target.Esp32)]
    public static partial class SmallMeter
    {
    }
}
