using QuantMcu;

namespace MeterReader;

/// <summary>The digit under the window of a meter's drum, or none, from a gray picture of 96 x 96 pixels.</summary>
[QuantizedModel("models/meter.onnx", Calibration = "data/calib_x.npy", Mean = new[] { 112.0 }, Std = new[] { 64.0 })]
public static partial class MeterClassifier;

/// <summary>
/// The same network for a board with 16 KB to spare: patches and 8, 4 and 2-bit numbers, which a search chooses under the budget.
/// </summary>
[QuantizedModel(
    "models/meter.onnx", Calibration = "data/calib_x.npy", Mean = new[] { 112.0 }, Std = new[] { 64.0 },
    Precision = Precision.Mixed, Ram = 16 * 1024)]
public static partial class SmallMeterClassifier;
