using System;
using System.Collections.Generic;
using System.Threading;
using QuantMcu.Compiler;
using QuantMcu.Compiler.Emit.C;
using QuantMcu.Compiler.Emit.CSharp;
using QuantMcu.Compiler.Emit.Interop;
using QuantMcu.Compiler.Lowering.C;
using QuantMcu.Compiler.Lowering.CSharp;
using QuantMcu.Compiler.Memory;
using QuantMcu.Compiler.Quantization;
using QuantMcu.Compiler.Request;

namespace QuantMcu.Cli.Emission;

/// <summary>What a back end made of a network.</summary>
/// <param name="Name">Of the class, or the prefix of the functions.</param>
/// <param name="Files">Names and texts.</param>
/// <param name="Arena">Its working memory.</param>
/// <param name="WeightBytes">Weights, biases, multipliers and tables, as they are stored.</param>
internal sealed record EmittedCode(string Name, IReadOnlyList<(string Name, string Text)> Files, ArenaPlan Arena, int WeightBytes)
{
    /// <summary>How other code finds this one, where it does; else empty.</summary>
    public string ContentHash { get; init; } = "";

    public static EmittedCode CSharp(ClassTarget target, CompileRequest request, QuantizedNetwork network, CancellationToken cancellation)
    {
        var program = CSharpLowering.Lower(network, request.Options, cancellation);
        return new EmittedCode(target.Name, CSharpFiles.Of(target, request, network, program), program.Arena, program.WeightBytes);
    }

    public static EmittedCode C(CTarget target, CompileRequest request, QuantizedNetwork network, CancellationToken cancellation)
    {
        var program = CLowering.Lower(network, request.Options, cancellation);
        return new EmittedCode(target.Name, CFiles.Of(target, program, RequestHash.Of(request)), program.Memory.Arena, program.DataBytes);
    }

    /// <exception cref="UsageException">The stubs are of another assembly.</exception>
    public static EmittedCode Nano(
        CTarget target, CompileRequest request, QuantizedNetwork network, NanoFolder folder, CancellationToken cancellation)
    {
        var program = CLowering.Lower(network, request.Options, cancellation);
        string hash = RequestHash.Of(request);
        var files = folder.With(new InteropModel(target, program, hash));
        return new EmittedCode(target.Name, files, program.Memory.Arena, program.DataBytes) { ContentHash = hash };
    }

    /// <exception cref="UsageException">The name is no C identifier in lower case.</exception>
    public static CTarget CTargetOf(string name) => CTarget.IsName(name)
        ? new CTarget(name)
        : throw new UsageException("'" + name + "' is no prefix for C: it has small letters, digits and underscores. Give one with --prefix.");
}
