using System.Collections.Generic;
using System.IO;
using System.Linq;
using System.Text;
using QuantMcu.Compiler.Emit.C;
using QuantMcu.Compiler.Emit.Interop;
using QuantMcu.Generators.Files;
using QuantMcu.Generators.Request;

namespace QuantMcu.Generators.Generation;

/// <summary>
/// Networks as C beside the kept compilations, a folder for each class, and a list of the files: the build copies them to where the project wants
/// them.
/// </summary>
internal static class NativeFolder
{
    private const string List = "native.txt";
    private const string Folder = "native";

    /// <summary>Writes what changed. Without a directory, or where no C is wanted, there is none.</summary>
    public static void Write(BuildSettings settings, IEnumerable<GeneratedClass> classes)
    {
        if (settings.CacheDirectory is not { } directory || settings.DesignTime || !settings.EmitsNative)
            return;

        var list = new StringBuilder();
        foreach (GeneratedClass generated in classes)
        {
            string folder = generated.Class.FullName();
            string entry = InteropFolder.EntryOf(CTarget.OfClass(generated.Class.Name));
            foreach (NativeFile file in generated.Sources?.Native ?? default)
            {
                if (file.Name == entry)
                    continue;

                FileStore.TryUpdate(Path.Combine(directory, Folder, folder, file.Name), Encoding.UTF8.GetBytes(file.Text));
                list.Append(folder).Append('/').Append(file.Name).Append('\n');
            }
        }

        FileStore.TryUpdate(Path.Combine(directory, List), Encoding.UTF8.GetBytes(list.ToString()));
    }
}
