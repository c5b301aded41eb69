using System.Collections.Immutable;
using System.IO;
using System.Linq;
using System.Text;
using QuantMcu.Compiler.Emit.C;
using QuantMcu.Compiler.Emit.Interop;
using QuantMcu.Generators.Files;
using QuantMcu.Generators.Request;

namespace QuantMcu.Generators.Generation;

/// <summary>
/// The models of a project as they lie over the sources of .NET nanoFramework's firmware, beside the kept compilations, and a list of the files: the
/// build copies them to where the project says. Where a model cannot be compiled, or two have one name, nothing is written, so that a firmware keeps
/// what it has.
/// </summary>
internal static class FirmwareFolder
{
    private const string List = "firmware.txt";
    private const string Folder = "firmware";

    /// <summary>Writes what changed. Without a directory, or where no firmware is named, there is none.</summary>
    public static void Write(BuildSettings settings, ImmutableArray<GeneratedClass> classes)
    {
        if (settings.CacheDirectory is not { } directory || settings.DesignTime || !settings.EmitsFirmware
            || classes.IsEmpty || classes.Any(generated => generated.Sources is null) || Phases.FindSameName(settings, classes) is not null)
        {
            return;
        }

        var models = classes.Select(generated => (Target: CTarget.OfClass(generated.Class.Name), Files: generated.Sources!.Native)).ToArray();
        var files = models.SelectMany(model => model.Files.Select(file => (Name: InteropFolder.PathOf(model.Target) + file.Name, file.Text)))
            .Concat(InteropFolder.Shared(models.Select(model => model.Target.Name), stubs: null)).ToArray();
        foreach (var (name, text) in files)
            FileStore.TryUpdate(Path.Combine(directory, Folder, name), Encoding.UTF8.GetBytes(text));

        FileStore.TryUpdate(Path.Combine(directory, List), Encoding.UTF8.GetBytes(string.Concat(files.Select(file => file.Name + "\n"))));
    }
}
