using System.Globalization;
using System.Linq;
using QuantMcu.Compiler.Lowering;
using QuantMcu.Compiler.Lowering.CSharp;

namespace QuantMcu.Compiler.Emit.CSharp;

/// <summary>How emitted code names what steps read and write, inside methods that have the ports and <c>arena</c> as parameters.</summary>
internal sealed class Pointers(ClassApi api, CSharpProgram program, KernelWriter kernels)
{
    /// <summary><c>byte* input, sbyte* output, byte* arena</c>.</summary>
    public string Parameters =>
        string.Join(", ", ApiPrinter.Ports(api).Select(port => $"{port.Type}* {port.Parameter}").Append("byte* arena"));

    /// <summary>The same as arguments.</summary>
    public string Arguments => string.Join(", ", ApiPrinter.Ports(api).Select(port => port.Parameter).Append("arena"));

    public string To(Storage place) => place.Kind switch
    {
        StorageKind.Arena => InArena(program.Arena.Offsets[place.Index]),
        StorageKind.Input => Cast(api.Inputs[place.Index]),
        StorageKind.Output => Cast(api.Outputs[place.Index]),
        _ => kernels.AddressOf("Constant", place.Index, program.Constants[place.Index]),
    };

    private static string InArena(int offset) => offset == 0 ? "arena" : "arena + " + offset.ToString(CultureInfo.InvariantCulture);

    private static string Cast(ApiPort port) => port.Signed ? "(byte*)" + port.Parameter : port.Parameter;
}
