using System;
using System.IO;
using System.Linq;
using System.Runtime.CompilerServices;
using DiffPlex;
using DiffPlex.DiffBuilder;
using DiffPlex.DiffBuilder.Model;
using Xunit.Sdk;

namespace QuantMcu.Testing;

/// <summary>
/// Compares text with a file beside the test, by Verify's convention: <c>Name.verified.cs</c> is what was accepted, and
/// <c>Name.received.cs</c> is left beside it where they differ. QUANTMCU_ACCEPT=1 accepts what was received.
/// </summary>
public static class Snapshot
{
    private const int Context = 3;

    private static bool Accepts => Environment.GetEnvironmentVariable("QUANTMCU_ACCEPT") == "1";

    /// <summary>Passes where <paramref name="received"/> equals <c>name.verified.extension</c>, byte for byte.</summary>
    public static void Verify(string received, string name, string extension = "cs", [CallerFilePath] string test = "")
    {
        string file = Path.Combine(Path.GetDirectoryName(test)!, "Snapshots", name);
        string verifiedFile = file + ".verified." + extension;
        string receivedFile = file + ".received." + extension;
        string? verified = File.Exists(verifiedFile) ? File.ReadAllText(verifiedFile) : null;
        if (verified == received)
        {
            File.Delete(receivedFile);
            return;
        }

        Directory.CreateDirectory(Path.GetDirectoryName(file)!);
        File.WriteAllText(Accepts ? verifiedFile : receivedFile, received);
        if (Accepts)
            File.Delete(receivedFile);
        else
            throw new XunitException(Message(name, verified, received));
    }

    private static string Message(string name, string? verified, string received) => verified is null
        ? "There is no snapshot of " + name + ". Run again with QUANTMCU_ACCEPT=1 to accept what was received."
        : name + " is not what was accepted. Run again with QUANTMCU_ACCEPT=1 if it should be.\n" + Diff(verified, received);

    private static string Diff(string verified, string received)
    {
        var lines = new InlineDiffBuilder(new Differ()).BuildDiffModel(verified, received).Lines;
        var near = Enumerable.Range(0, lines.Count).Where(line => Enumerable.Range(line - Context, (2 * Context) + 1)
            .Any(other => other >= 0 && other < lines.Count && lines[other].Type != ChangeType.Unchanged));
        return string.Join(Environment.NewLine, near.Select(line => Sign(lines[line].Type) + lines[line].Text));
    }

    private static string Sign(ChangeType change) => change switch
    {
        ChangeType.Inserted => "+ ",
        ChangeType.Deleted => "- ",
        _ => "  ",
    };
}
