using System;
using System.IO;
using System.Linq;
using System.Reflection;
using System.Threading.Tasks;
using QuantMcu.Testing;
using Xunit;

namespace QuantMcu.Package.Tests;

/// <summary>The package, packed once for all tests, in a folder that serves as their only package source.</summary>
public sealed class PackageFixture : IAsyncLifetime, IDisposable
{
    private readonly TemporaryDirectory directory = new();

    /// <summary>As these tests were built.</summary>
    public static string Configuration { get; } = typeof(PackageFixture).Assembly
        .GetCustomAttributes<AssemblyMetadataAttribute>().Single(attribute => attribute.Key == "Configuration").Value!;

    /// <summary>The folder that holds the package.</summary>
    public string Source => directory.FullName;

    /// <summary>The package's file.</summary>
    public string File => Directory.GetFiles(Source, "QuantMcu.Generators.*.nupkg").Single();

    public string Version => Path.GetFileNameWithoutExtension(File)["QuantMcu.Generators.".Length..];

    public Task InitializeAsync() => DotnetCommand.RunAsync(
        ModelsFolder.Repository, "pack", "generators/QuantMcu.Generators", "-c", Configuration, "--no-build", "-o", Source);

    public Task DisposeAsync() => Task.CompletedTask;

    public void Dispose() => directory.Dispose();
}
