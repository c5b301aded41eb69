using System;
using System.Diagnostics;
using System.Globalization;
using System.IO;
using System.Linq;
using System.Reflection;
using System.Text.Json;
using QuantMcu.Compiler.Graph;

namespace QuantMcu.Benchmarks;

/// <summary>onnxruntime/bench.mjs in a process of its own, told how many inferences to time.</summary>
internal sealed class OnnxRuntimeProcess : IDisposable
{
    private readonly Process process;

    /// <exception cref="InvalidOperationException">Node.js or the package is missing.</exception>
    public OnnxRuntimeProcess(string model, Shape inputShape)
    {
        string folder = Path.Combine(
            typeof(OnnxRuntimeProcess).Assembly.GetCustomAttributes<AssemblyMetadataAttribute>()
                .Single(attribute => attribute.Key == "BenchmarksFolder").Value!,
            "onnxruntime");
        if (!Directory.Exists(Path.Combine(folder, "node_modules")))
            throw new InvalidOperationException("run `npm install --ignore-scripts` in tests/Benchmarks/onnxruntime first");

        process = Process.Start(new ProcessStartInfo("node", ["bench.mjs", model, string.Join(",", inputShape)])
        {
            WorkingDirectory = folder,
            RedirectStandardInput = true,
            RedirectStandardOutput = true,
        })!;
    }

    /// <summary>Microseconds of each of <paramref name="count"/> inferences.</summary>
    public double[] Time(int count)
    {
        process.StandardInput.WriteLine(count.ToString(CultureInfo.InvariantCulture));
        string answer = process.StandardOutput.ReadLine() ?? throw new InvalidOperationException("bench.mjs ended early");
        return JsonSerializer.Deserialize<double[]>(answer)!;
    }

    public void Dispose()
    {
        process.StandardInput.Close();
        process.WaitForExit();
        process.Dispose();
    }
}
