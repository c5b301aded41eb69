using System;
using System.IO;
using System.Linq;
using System.Reflection;
using System.Threading;
using System.Threading.Tasks;
using QuantMcu.Compiler;
using QuantMcu.Compiler.Reference.Integer;
using QuantMcu.Compiler.Request;
using QuantMcu.Testing;

namespace QuantMcu.Package.Tests;

/// <summary>A program with one network, in a directory far from the repository. It prints the network's answer.</summary>
internal sealed class Consumer : IDisposable
{
    private static readonly byte[] Model = new OnnxBuilder()
        .Input("features", 1, 5)
        .Random("w1", seed: 1, 5, 7)
        .Random("b1", seed: 2, 7)
        .Node("Gemm", ["features", "w1", "b1"], ["hidden"])
        .Node("Relu", ["hidden"], ["active"])
        .Random("w2", seed: 3, 7, 4)
        .Node("MatMul", ["active", "w2"], ["scores"])
        .Output("scores")
        .ToBytes();

    private readonly TemporaryDirectory directory = new();

    /// <param name="projectContent">What the project refers to.</param>
    /// <param name="packageSource">The only package source, or null for those of the machine.</param>
    /// <param name="framework">What it targets.</param>
    public Consumer(string projectContent, string? packageSource = null, string framework = "net10.0")
    {
        directory.Write("models/net.onnx", Model);
        Write("Directory.Build.props", "<Project />");
        Write("Directory.Packages.props", "<Project />");
        Write("Program.cs", """
            using System;
            using QuantMcu;

            byte[] output = new byte[Net.OutputLength];
            Net.Run(new byte[] { 0, 50, 100, 150, 255 }, output);
            Console.WriteLine("codes " + string.Join(",", output));

            [QuantizedModel("models/net.onnx")]
            public static partial class Net;
            """);
        Write("Consumer.csproj", $"""
            <Project Sdk="Microsoft.NET.Sdk">
              <PropertyGroup>
                <OutputType>Exe</OutputType>
                <TargetFramework>{framework}</TargetFramework>
                <LangVersion>latest</LangVersion>
                <AllowUnsafeBlocks>true</AllowUnsafeBlocks>
                <UseAppHost>false</UseAppHost>
                <RestorePackagesPath Condition="'{packageSource}' != ''">packages</RestorePackagesPath>
              </PropertyGroup>
              {projectContent}
            </Project>
            """);
        if (packageSource is not null)
        {
            Write("nuget.config", $"""
                <configuration>
                  <packageSources><clear /><add key="local" value="{packageSource}" /></packageSources>
                </configuration>
                """);
        }
    }

    /// <summary>That of the tests: the generator's project has been built in it.</summary>
    private static string Configuration { get; } = typeof(Consumer).Assembly.GetCustomAttribute<AssemblyConfigurationAttribute>()!.Configuration;

    /// <summary>What the program must print: the codes of the integer interpreter.</summary>
    public static string Expected
    {
        get
        {
            CompilationResult result = ModelCompiler.Compile(
                new CompileRequest("Net", Model, null, CompileOptions.Default), null, CancellationToken.None);
            return "codes " + string.Join(",", IntegerInterpreter.Run(result.Model!.Network, [[0, 50, 100, 150, 255]]).Single());
        }
    }

    /// <summary>The file under obj/ that keeps the compiled network.</summary>
    public string KeptCompilation => directory.PathOf($"obj/{Configuration}/net10.0/quantmcu/Net.compilation");

    /// <summary>Whole path of a file of the project.</summary>
    public string PathOf(string path) => directory.PathOf(path);

    public void Write(string path, string text) => File.WriteAllText(directory.PathOf(path), text);

    public void Append(string path, string text) => File.AppendAllText(directory.PathOf(path), text);

    public Task<string> BuildAsync(params string[] options) =>
        DotnetCommand.RunAsync(directory.FullName, ["build", "-c", Configuration, "-m:1", .. options]);

    public Task<(int Status, string Output)> TryBuildAsync(params string[] options) =>
        DotnetCommand.TryAsync(directory.FullName, ["build", "-c", Configuration, "-m:1", .. options]);

    public Task<string> CleanAsync() => DotnetCommand.RunAsync(directory.FullName, "clean", "-c", Configuration);

    public Task<string> RunAsync() => DotnetCommand.RunAsync(directory.FullName, $"bin/{Configuration}/net10.0/Consumer.dll");

    public void Dispose() => directory.Dispose();
}
