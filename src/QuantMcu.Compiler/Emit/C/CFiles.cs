using System.Collections.Generic;
using System.Linq;
using QuantMcu.Compiler.Lowering.C;

namespace QuantMcu.Compiler.Emit.C;

/// <summary>The files of a network in C: its header, its source, its weights, and the kernels that it needs.</summary>
public static class CFiles
{
    /// <param name="target">Names.</param>
    /// <param name="program">What is printed.</param>
    /// <param name="contentHash">Identifies model, calibration samples and options.</param>
    /// <returns>Names and texts; LF line ends.</returns>
    public static IReadOnlyList<(string Name, string Text)> Of(CTarget target, CProgram program, string contentHash)
    {
        var data = new CData();
        string source = CSourcePrinter.Print(target, program, data);
        string guard = target.Macro + "_WEIGHTS_H";
        string weights = CHeaderPrinter.Notice + "\n#ifndef " + guard + "\n#define " + guard + "\n\n#include \"qmcu.h\"\n" + data + "\n#endif\n";
        return
        [
            (target.Name + ".h", CHeaderPrinter.Print(target, program, contentHash, data.TotalBytes)),
            (target.Name + ".c", source),
            (target.Name + "_weights.h", weights),
            .. KernelSources.Of(Headers(program)),
        ];
    }

    /// <summary>What the network's source includes of the kernels.</summary>
    internal static IEnumerable<string> Headers(CProgram program)
    {
        var headers = program.Steps.Select(step => step.Kernel.Header).Append("qmcu.h");
        return (program.Parts.OfType<CTiles>().Any() ? headers.Append("qmcu_tile.h") : headers).Distinct();
    }
}
