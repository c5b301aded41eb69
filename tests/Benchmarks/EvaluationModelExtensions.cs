using System.IO;
using System.Threading;
using QuantMcu.Compiler;
using QuantMcu.Compiler.Diagnostics;
using QuantMcu.Compiler.Patching;
using QuantMcu.Compiler.Request;
using QuantMcu.Testing;

namespace QuantMcu.Benchmarks;

internal static class EvaluationModelExtensions
{
    /// <summary>Compiles a model on its calibration samples.</summary>
    /// <param name="model">The model.</param>
    /// <param name="patches">Null: the compiler chooses.</param>
    /// <exception cref="ModelException">The model does not compile.</exception>
    public static CompiledModel Compile(this EvaluationModel model, PatchGrid? patches = null) =>
        model.Compile(new CompileOptions { Mean = model.Mean, Std = model.Std, Patches = patches });

    /// <summary>Compiles a model on its calibration samples.</summary>
    /// <param name="model">The model.</param>
    /// <param name="options">What is asked for, preprocessing included.</param>
    /// <exception cref="ModelException">The model does not compile.</exception>
    public static CompiledModel Compile(this EvaluationModel model, CompileOptions options)
    {
        byte[] calibration = File.ReadAllBytes(ModelsFolder.Data(model.DataSet, "calib_x"));
        var request = new CompileRequest(model.Name, model.ReadModel(), calibration, options);
        var result = ModelCompiler.Compile(request, progress: null, CancellationToken.None);
        return result.Model ?? throw new ModelException(result.Diagnostics[^1]);
    }
}
