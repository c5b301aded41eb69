using System;
using QuantMcu.Compiler.Diagnostics;
using QuantMcu.Compiler.Graph;
using QuantMcu.Compiler.Request;

namespace QuantMcu.Generators.Files;

/// <summary>
/// A file's content, read once. Two are equal where path and SHA-256 are, so that a touched but unchanged file recompiles
/// nothing.
/// </summary>
internal sealed class ModelFile : IEquatable<ModelFile>
{
    private ModelFile(string path, byte[] content, string hash, Diagnostic? error)
    {
        Path = path;
        Content = content;
        Hash = hash;
        Error = error;
    }

    public string Path { get; }

    /// <summary>Empty where the file could not be read.</summary>
    public byte[] Content { get; }

    /// <summary>SHA-256 of the content in hexadecimal.</summary>
    public string Hash { get; }

    /// <summary>QMCU1020 where the file could not be read.</summary>
    public Diagnostic? Error { get; }

    public static ModelFile Read(string path)
    {
        try
        {
            byte[] content = FileStore.Read(path, ModelLimits.FileBytes);
            return new ModelFile(path, content, RequestHash.Sha256(content), null);
        }
        catch (Exception exception) when (FileStore.IsIoError(exception))
        {
            return new ModelFile(path, [], "", Diagnostic.Create(RequestRules.FileUnreadable, path, exception.Message));
        }
    }

    public bool Equals(ModelFile? other) =>
        other is not null && Path == other.Path && Hash == other.Hash && Equals(Error, other.Error);

    public override bool Equals(object? obj) => Equals(obj as ModelFile);

    public override int GetHashCode() => StringComparer.Ordinal.GetHashCode(Hash);
}
