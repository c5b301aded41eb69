using System.Collections.Immutable;
using System.IO;
using System.Text;
using QuantMcu.Compiler.Diagnostics;
using QuantMcu.Compiler.Emit.CSharp;
using QuantMcu.Compiler.Request;
using QuantMcu.Generators.Files;
using QuantMcu.Generators.Request;

namespace QuantMcu.Generators.Generation;

/// <summary>
/// The engine's latest answer for a class as a file under obj/, for builds in a new process. The file ends with the SHA-256 of
/// what is before it, so that a damaged one is taken for none.
/// </summary>
internal static class CompilationFile
{
    private const int LongestFile = 512 * 1024 * 1024;
    private const int HashLength = 64;
    private const string Format = "QuantMcu compilation 2";

    /// <summary>What was kept for the class under that key, or null.</summary>
    public static CompiledClass? Find(string directory, ClassTarget target, string key) =>
        FileStore.TryRead(PathOf(directory, target), LongestFile) is { } content ? Decode(content, key) : null;

    /// <summary>Keeps the answer in place of an earlier one for the class.</summary>
    public static void Keep(string directory, ClassTarget target, string key, CompiledClass answer) =>
        FileStore.TryWrite(PathOf(directory, target), Encode(answer, key));

    private static string PathOf(string directory, ClassTarget target) =>
        Path.Combine(directory, target.FullName() + ".compilation");

    private static byte[] Encode(CompiledClass answer, string key)
    {
        using var stream = new MemoryStream();
        using var writer = new BinaryWriter(stream, Encoding.UTF8);
        writer.Write(Format);
        writer.Write(key);
        writer.Write(answer.Sources is not null);
        writer.Write(answer.Sources?.Api ?? "");
        writer.Write(answer.Sources?.Kernels ?? "");
        writer.Write(answer.Sources?.NanoArrayBytes ?? 0);
        writer.Write(answer.Sources?.NanoIlBytes ?? 0);
        writer.Write(answer.Sources?.NanoWeights ?? "");
        var native = answer.Sources?.Native ?? default;
        writer.Write(native.Count);
        foreach (NativeFile file in native)
        {
            writer.Write(file.Name);
            writer.Write(file.Text);
        }

        writer.Write(answer.Findings.Count);
        foreach (Diagnostic finding in answer.Findings)
            Encode(finding, writer);

        writer.Flush();
        byte[] hash = Encoding.ASCII.GetBytes(RequestHash.Sha256(stream.ToArray()));
        stream.Write(hash, 0, hash.Length);
        return stream.ToArray();
    }

    private static void Encode(Diagnostic finding, BinaryWriter writer)
    {
        writer.Write(finding.Id);
        writer.Write(finding.Arguments.Length);
        foreach (string argument in finding.Arguments)
            writer.Write(argument);
    }

    private static CompiledClass? Decode(byte[] content, string key)
    {
        int length = content.Length - HashLength;
        if (length <= 0 || RequestHash.Sha256(content, length) != Encoding.ASCII.GetString(content, length, HashLength))
            return null;

        using var reader = new BinaryReader(new MemoryStream(content, 0, length), Encoding.UTF8);
        if (reader.ReadString() != Format || reader.ReadString() != key)
            return null;

        bool compiled = reader.ReadBoolean();
        var sources = new ClassSources(reader.ReadString(), reader.ReadString())
        {
            NanoArrayBytes = reader.ReadInt32(),
            NanoIlBytes = reader.ReadInt32(),
            NanoWeights = reader.ReadString(),
        };
        var native = new NativeFile[reader.ReadInt32()];
        for (int i = 0; i < native.Length; i++)
            native[i] = new NativeFile(reader.ReadString(), reader.ReadString());

        var findings = new Diagnostic[reader.ReadInt32()];
        for (int i = 0; i < findings.Length; i++)
            findings[i] = DecodeFinding(reader);

        return new CompiledClass(compiled ? sources with { Native = native.ToEquatableArray() } : null, findings.ToEquatableArray());
    }

    // The key names the engine that wrote the file: it is this one, so that it knows the rule.
    private static Diagnostic DecodeFinding(BinaryReader reader)
    {
        DiagnosticRule rule = DiagnosticRules.Find(reader.ReadString())!;
        var arguments = new object[reader.ReadInt32()];
        for (int i = 0; i < arguments.Length; i++)
            arguments[i] = reader.ReadString();

        return Diagnostic.Create(rule, arguments);
    }
}
