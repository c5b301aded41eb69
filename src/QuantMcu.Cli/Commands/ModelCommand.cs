using System.CommandLine;
using System.IO;
using System.Threading;
using QuantMcu.Cli.Output;

namespace QuantMcu.Cli.Commands;

/// <summary>A command about one ONNX model.</summary>
internal abstract class ModelCommand : Command
{
    private readonly Argument<string> model = new("MODEL") { Description = "The ONNX file." };

    protected ModelCommand(string name, string description, Terminal terminal)
        : base(name, description)
    {
        Terminal = terminal;
        Add(model);
        Add(Calibration);
    }

    protected Terminal Terminal { get; }

    protected Option<string> Calibration { get; } = new("--calibration")
    {
        HelpName = "X.npy",
        Description = "Calibration samples: uint8 NHWC pixels, or int8 or float32 arrays of the model's input shape.",
    };

    /// <summary>Does the work and returns the exit status.</summary>
    /// <exception cref="UsageException">The options make no sense together.</exception>
    /// <exception cref="QuantMcu.Compiler.Diagnostics.ModelException">The model or a data file is at fault.</exception>
    public abstract int Run(ParseResult parsed, CancellationToken cancellation);

    /// <summary>The path of the model as given.</summary>
    protected string ModelPath(ParseResult parsed) => parsed.GetRequiredValue(model);

    /// <summary>The name that reports give to the model: that of its file.</summary>
    protected string ModelName(ParseResult parsed) => Path.GetFileNameWithoutExtension(ModelPath(parsed));

    /// <summary>The bytes of the calibration file, or null where none was given.</summary>
    protected byte[]? CalibrationBytes(ParseResult parsed) =>
        parsed.GetValue(Calibration) is { } path ? InputFile.Read(path) : null;
}
