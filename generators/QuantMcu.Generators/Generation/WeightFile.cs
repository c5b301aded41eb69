using System;
using System.IO;
using QuantMcu.Generators.Files;
using QuantMcu.Generators.Request;

namespace QuantMcu.Generators.Generation;

/// <summary>The weights of a class for nanoFramework that reads them from a binary resource, in a file beside the kept compilations.</summary>
internal static class WeightFile
{
    private const string Suffix = ".weights.bin";

    /// <summary>Replaces the file. Without a directory, or where an editor is building, there is none.</summary>
    public static void Write(BuildSettings settings, GeneratedClass generated)
    {
        if (settings.CacheDirectory is { } directory && !settings.DesignTime && generated.Sources is { NanoWeights.Length: > 0 } sources)
            FileStore.TryWrite(Path.Combine(directory, generated.Class.FullName() + Suffix), Convert.FromBase64String(sources.NanoWeights));
    }
}
