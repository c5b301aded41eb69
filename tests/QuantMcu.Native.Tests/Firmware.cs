using System;
using System.Collections.Generic;
using System.IO;
using System.Linq;
using System.Text;
using QuantMcu.Compiler.Emit.Interop;
using QuantMcu.Testing;
using QuantMcu.Testing.Native;

namespace QuantMcu.Native.Tests;

/// <summary>
/// Models as <c>--emit nano</c> writes them, compiled with the flags of nanoFramework's firmware into a program that calls the native methods of
/// QuantMcu.Nano as the firmware does.
/// </summary>
internal sealed class Firmware : IDisposable
{
    /// <summary>What the presets of STM32 and ESP32 boards have in common and this machine's compiler knows.</summary>
    private static readonly string[] Flags =
    [
        "-Wall", "-Wextra", "-Werror", "-Wundef", "-Wshadow", "-Wimplicit-fallthrough", "-fshort-wchar", "-fno-builtin", "-fno-common", "-fno-exceptions",
        "-ffunction-sections", "-fdata-sections",
    ];

    private readonly TemporaryDirectory folder = new();

    /// <param name="models">Models of the firmware.</param>
    /// <param name="options">Further options of both compilers.</param>
    public Firmware(IReadOnlyList<InteropModel> models, params string[] options)
    {
        foreach (var (name, text) in InteropFolder.Of(models, [], stubs: null))
            folder.Write(name, Encoding.UTF8.GetBytes(text));

        string glue = folder.PathOf(InteropFolder.Path), headers = Path.Combine(ModelsFolder.Repository, "tests", "Native", "nanoclr");
        string[] sources = Directory.GetFiles(glue, "*.c", SearchOption.AllDirectories).Order(StringComparer.Ordinal).ToArray();
        Toolchain.Run(folder.FullName, [], "gcc", ["-std=c11", .. Flags, .. options, "-c", .. sources]);
        string[] plusPlus = [.. Directory.GetFiles(glue, "*.cpp").Order(StringComparer.Ordinal), Path.Combine(headers, "host.cpp")];
        string[] objects = Directory.GetFiles(folder.FullName, "*.o").Order(StringComparer.Ordinal).ToArray();
        Toolchain.Run(
            folder.FullName, [], "g++", ["-std=c++20", .. Flags, "-fcheck-new", .. options, "-I" + glue, "-I" + headers, "-o", "firmware", .. plusPlus, .. objects]);
    }

    /// <summary>Makes calls one after another.</summary>
    public NativeAnswer[] Call(IReadOnlyList<NativeCall> calls)
    {
        var input = new MemoryStream();
        var writer = new BinaryWriter(input);
        writer.Write(calls.Count);
        foreach (var call in calls)
            call.Write(writer);

        using var output = new BinaryReader(new MemoryStream(Toolchain.Run(folder.FullName, input.ToArray(), folder.PathOf("firmware"))));
        return calls.Select(call => call.Read(output)).ToArray();
    }

    public NativeAnswer Call(NativeCall call) => Call([call])[0];

    public void Dispose() => folder.Dispose();
}

/// <summary>Methods of QuantMcu.Nano in the order of the assembly.</summary>
internal enum NativeMethod
{
    Find,
    Run,
    InputBytes,
    OutputBytes,
    ArenaBytes,
    AbiVersion,
    PatchCounts,
}

/// <summary>A call of a native method.</summary>
/// <param name="Method">Which.</param>
/// <param name="Handle">Its number, where it takes one.</param>
/// <param name="First">Its first array, or null.</param>
/// <param name="Second">Its second array, or null; the same object as the first for one array given twice.</param>
/// <param name="ElementSize">Bytes of an element of the arrays.</param>
internal sealed record NativeCall(NativeMethod Method, int Handle = 0, byte[]? First = null, byte[]? Second = null, int ElementSize = 1)
{
    private const int Null = -1;

    private const int Same = -2;

    public void Write(BinaryWriter writer)
    {
        writer.Write((int)Method);
        writer.Write(Handle);
        Write(writer, First, isSame: false);
        Write(writer, Second, isSame: Second is not null && ReferenceEquals(First, Second));
    }

    public NativeAnswer Read(BinaryReader reader) => new(
        (NativeResult)reader.ReadInt32(), reader.ReadInt32(), reader.ReadBytes(First?.Length ?? 0),
        reader.ReadBytes(ReferenceEquals(First, Second) ? 0 : Second?.Length ?? 0));

    private void Write(BinaryWriter writer, byte[]? array, bool isSame)
    {
        writer.Write(isSame ? Same : array is null ? Null : array.Length / ElementSize);
        writer.Write(ElementSize);
        if (!isSame)
            writer.Write(array ?? []);
    }
}

/// <summary>What a native method returned to the runtime: success, or the exception that C# gets.</summary>
internal enum NativeResult
{
    Success = 0,
    ArgumentException = -1,
    ArgumentNullException = -2,
}

/// <summary>What a call left behind.</summary>
internal sealed record NativeAnswer(NativeResult Result, int Value, byte[] First, byte[] Second);
