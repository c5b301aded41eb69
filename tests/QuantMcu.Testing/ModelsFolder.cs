using System.IO;
using System.Linq;
using System.Reflection;
using Xunit;

namespace QuantMcu.Testing;

/// <summary>The folder of real models, labelled data and ONNX operator tests that lies beside the repository on some machines.</summary>
public static class ModelsFolder
{
    /// <summary>The repository that these tests were built from.</summary>
    public static string Repository { get; } = Metadata("RepositoryRoot");

    public static string Root { get; } = Metadata("SharedModels");

    public static bool Exists => Directory.Exists(Root);

    public static string Model(string name) => Path.Combine(Root, "models", name + ".onnx");

    /// <summary>For instance <c>Data("cifar10_jpeg", "eval_x")</c>.</summary>
    public static string Data(string set, string file) => Path.Combine(Root, "data", set, file + ".npy");

    private static string Metadata(string key) => typeof(ModelsFolder).Assembly
        .GetCustomAttributes<AssemblyMetadataAttribute>().Single(attribute => attribute.Key == key).Value!;
}

/// <summary>A test that needs the models folder, skipped with that reason where it is absent.</summary>
public sealed class ModelsFactAttribute : FactAttribute
{
    public ModelsFactAttribute() => Skip = ModelsFolder.Exists ? null! : "needs the models folder beside the repository (../shared/models)";
}

/// <inheritdoc cref="ModelsFactAttribute"/>
public sealed class ModelsTheoryAttribute : TheoryAttribute
{
    public ModelsTheoryAttribute() => Skip = ModelsFolder.Exists ? null! : "needs the models folder beside the repository (../shared/models)";
}
