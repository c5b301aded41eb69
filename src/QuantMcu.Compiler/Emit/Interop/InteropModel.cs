using QuantMcu.Compiler.Emit.C;
using QuantMcu.Compiler.Lowering.C;

namespace QuantMcu.Compiler.Emit.Interop;

/// <summary>A model that goes into firmware.</summary>
/// <param name="Target">Its name: of its folder, its functions and its entry in the registry.</param>
/// <param name="Program">What is printed.</param>
/// <param name="ContentHash">How C# finds it: 64 hexadecimal digits.</param>
public sealed record InteropModel(CTarget Target, CProgram Program, string ContentHash);
