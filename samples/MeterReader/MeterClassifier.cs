using QuantMcu;

namespace MeterReader;

/// <summary>The digit under the window of a meter's drum, or none, from a gray picture of 96 x 96 pixels.</summary>
[QuantizedModel("models/meter.onnx", Calibration = "data/calib_x.npy", Mean = new[] { 112.0 }, Std = new[] { 64.0 })]
public static partial class MeterClassifier;
