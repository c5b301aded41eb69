using System;
using System.Collections.Generic;
using System.Diagnostics;
using System.IO;
using System.Linq;
using System.Text;
using Microsoft.CodeAnalysis;
using QuantMcu.Compiler.Lowering.CSharp;
using QuantMcu.Compiler.Quantization;

namespace QuantMcu.Testing;

/// <summary>
/// Runs emitted networks in a process of their own, whose runtime can be told to leave out instruction sets:
/// DOTNET_EnableAVX512=0, DOTNET_EnableAVX2=0, DOTNET_EnableHWIntrinsic=0.
/// </summary>
public static class CSharpProcess
{
    /// <summary>
    /// Unsigned codes of every network's outputs, and what the process says of its vectors: "512", "256", "128" or "none".
    /// </summary>
    /// <param name="networks">Networks without signed ports.</param>
    /// <param name="inputs">Per network the codes of its inputs.</param>
    /// <param name="environment">A variable of the process, <c>NAME=value</c>.</param>
    public static (byte[][][] Outputs, string Vectors) Run(QuantizedNetwork[] networks, byte[][][] inputs, string environment)
    {
        using var directory = new TemporaryDirectory();
        var programs = networks.Select(network => CSharpLowering.Lower(network, default)).ToArray();
        byte[] image =
            CSharpHost.Compile(CSharpHost.Sources(networks, programs).Append(Driver(programs)), OutputKind.ConsoleApplication);
        string program = directory.Write("program.dll", image);
        directory.Write("program.runtimeconfig.json", Encoding.UTF8.GetBytes(RuntimeConfiguration));
        directory.Write("inputs", inputs.SelectMany(network => network).SelectMany(codes => codes).ToArray());

        string vectors = Execute(program, directory, environment);
        using var results = File.OpenRead(directory.PathOf("outputs"));
        return (programs.Select(network => network.Outputs.Select(port => Read(results, port.Tensor.Elements)).ToArray())
            .ToArray(), vectors);
    }

    private static string RuntimeConfiguration =>
        "{ \"runtimeOptions\": { \"framework\": { \"name\": \"Microsoft.NETCore.App\", \"version\": \"" + Environment.Version
            + "\" } } }";

    private static string Execute(string program, TemporaryDirectory directory, string environment)
    {
        var start = new ProcessStartInfo("dotnet", ["exec", program, directory.PathOf("inputs"), directory.PathOf("outputs")])
        {
            RedirectStandardOutput = true,
            RedirectStandardError = true,
        };
        string[] variable = environment.Split('=');
        start.Environment[variable[0]] = variable[1];
        using var process = Process.Start(start)!;
        var errors = process.StandardError.ReadToEndAsync();
        string output = process.StandardOutput.ReadToEnd();
        process.WaitForExit();
        if (process.ExitCode != 0)
            throw new InvalidOperationException("The process ended with " + process.ExitCode + ": " + errors.Result);

        return output.Trim();
    }

    private static byte[] Read(Stream stream, int bytes)
    {
        var codes = new byte[bytes];
        stream.ReadExactly(codes);
        return codes;
    }

    /// <summary>A Main that feeds every network from one file and appends its outputs to another.</summary>
    private static string Driver(IReadOnlyList<CSharpProgram> programs)
    {
        var text = new StringBuilder(
            """
            using System;
            using System.IO;
            using System.Runtime.InteropServices;
            using System.Runtime.Intrinsics;
            using System.Runtime.Intrinsics.X86;

            internal static unsafe class Program
            {
                private static IntPtr Room(int bytes) => (IntPtr)NativeMemory.AllocZeroed((nuint)Math.Max(1, bytes));

                private static IntPtr Next(Stream stream, int bytes)
                {
                    IntPtr room = Room(bytes);
                    stream.ReadExactly(new Span<byte>((void*)room, bytes));
                    return room;
                }

                private static void Main(string[] files)
                {
                    using var inputs = File.OpenRead(files[0]);
                    using var outputs = File.Create(files[1]);
                    Console.WriteLine(
                        Avx512BW.IsSupported ? "512" : Avx2.IsSupported ? "256" : Vector128.IsHardwareAccelerated ? "128"
                            : "none");
                    IntPtr[] ports;

            """);
        for (int i = 0; i < programs.Count; i++)
        {
            var given = programs[i].Inputs.Select(port => "Next(inputs, " + port.Tensor.Elements + ")");
            var results = programs[i].Outputs.Select(port => "Room(" + port.Tensor.Elements + ")");
            text.AppendLine("ports = new IntPtr[] { " + string.Join(", ", given.Concat(results)) + " };");
            text.AppendLine("Networks.InvokeNetwork" + i + ".Run(ports, Room(" + programs[i].ArenaBytes + "), default);");
            for (int output = 0; output < programs[i].Outputs.Length; output++)
            {
                text.AppendLine("outputs.Write(new ReadOnlySpan<byte>((void*)ports[" + (programs[i].Inputs.Length + output)
                    + "], "
                    + programs[i].Outputs[output].Tensor.Elements + "));");
            }
        }

        return text.Append("} }").ToString();
    }
}
