using System;
using System.Collections.Generic;
using System.Globalization;
using System.Linq;
using System.Security.Cryptography;
using System.Text;

namespace QuantMcu.Compiler.Request;

/// <summary>
/// The content hash of a request, which emitted code carries: SHA-256, in lower-case hexadecimal, of the model, its calibration
/// samples and the options. It depends on no path and no name, so that equal hashes from one version of QuantMcu mean equal
/// kernels.
/// </summary>
public static class RequestHash
{
    public static string Of(CompileRequest request) =>
        Of(Sha256(request.Model), request.Calibration is { } calibration ? Sha256(calibration) : null, request.Options);

    /// <summary>As <see cref="Of(CompileRequest)"/>, where the files' own hashes are known.</summary>
    /// <param name="model">SHA-256 of the .onnx file.</param>
    /// <param name="calibration">SHA-256 of the .npy file, or null where there is none.</param>
    /// <param name="options">The options.</param>
    public static string Of(string model, string? calibration, CompileOptions options)
    {
        string[] parts =
        [
            model,
            calibration ?? "synthetic",
            Text(options.Mean),
            Text(options.Std),
            options.Precision.ToString(),
            Text(options.Ram),
            Text(options.Flash),
            options.Target.ToString(),
            options.InputShape?.ToString() ?? "",
            options.Patches?.ToString() ?? "",
            options.Halo?.ToString() ?? "",
            options.Search.ToString(),
            Text(options.WeightBits),
            Text(options.Lambda),
            Text(options.Phi),
            Text(options.Vote),
            options.Classification.ToString(),
            options.Classified.ToString(),
            options.StageOnly.ToString(),
            Text(options.MaxDamage),
            .. options.Code == Code.Speed ? Array.Empty<string>() : [options.Code.ToString()],
        ];
        return Sha256(Encoding.UTF8.GetBytes(string.Join("\n", parts)));
    }

    /// <summary>SHA-256 as 64 lower-case hexadecimal digits.</summary>
    public static string Sha256(byte[] content) => Sha256(content, content.Length);

    /// <summary>SHA-256 of the first <paramref name="length"/> bytes.</summary>
    public static string Sha256(byte[] content, int length)
    {
        using var sha = SHA256.Create();
        byte[] hash = sha.ComputeHash(content, 0, length);
        return string.Concat(hash.Select(value => value.ToString("x2", CultureInfo.InvariantCulture)));
    }

    private static string Text(IEnumerable<double> values) => string.Join(
        ",", values.Select(BitConverter.DoubleToInt64Bits).Select(bits => bits.ToString("x16", CultureInfo.InvariantCulture)));

    private static string Text(double? value) => value is { } real ? Text(new[] { real }) : "";

    private static string Text(int? value) => value?.ToString(CultureInfo.InvariantCulture) ?? "";
}
