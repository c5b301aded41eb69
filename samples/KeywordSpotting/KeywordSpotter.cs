using QuantMcu;

namespace KeywordSpotting;

/// <summary>
/// Ten spoken commands, silence and "something else", from 49 frames of 10 cepstral coefficients. The features are int8 with
/// real = 0.0419921875 * (code - 1) (data/info.json), which is (code - Mean) / Std.
/// </summary>
[QuantizedModel("models/keyword.onnx", Calibration = "data/calib_x.npy", Mean = new[] { 1.0 }, Std = new[] { 1 / 0.0419921875 })]
public static partial class KeywordSpotter;

/// <summary>
/// The same network in half the memory: patches and 8, 4 and 2-bit numbers, which a search chooses under the budget.
/// <c>MaxDamage</c> keeps it to choices that are expected to cost a fifth of a point of accuracy at most.
/// </summary>
[QuantizedModel(
    "models/keyword.onnx", Calibration = "data/calib_x.npy", Mean = new[] { 1.0 }, Std = new[] { 1 / 0.0419921875 },
    Precision = Precision.Mixed, Ram = 8 * 1024, MaxDamage = 0.002)]
public static partial class SmallKeywordSpotter;
