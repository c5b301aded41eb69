using QuantMcu;

namespace NanoKeywords
{
    /// <summary>
    /// Ten spoken commands, silence and "something else", from 49 frames of 10 cepstral coefficients as int8 codes: real = 0.0419921875 * (code - 1).
    /// This file is compiled for the board and, in samples/NanoOnHost, for .NET.
    /// </summary>
    [QuantizedModel(
        "KeywordSpotting/models/keyword.onnx", Calibration = "KeywordSpotting/data/calib_x.npy", Mean = new[] { 1.0 }, Std = new[] { 1 / 0.0419921875 },
        Target = Target.CortexM7)]
    public static partial class Keywords
    {
    }
}
