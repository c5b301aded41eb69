#nullable enable

using System;

namespace QuantMcu
{
    /// <summary>
    /// Compiles an ONNX model into the annotated partial class: integer kernels, weights and a <c>Run</c> method.
    /// </summary>
    /// <remarks>
    /// The path, and that of the calibration file, is relative to the project and must be among its
    /// <c>AdditionalFiles</c>; the package adds <c>**/*.onnx</c> and <c>**/*.npy</c> by default.
    /// </remarks>
    [AttributeUsage(AttributeTargets.Class, Inherited = false, AllowMultiple = false)]
    public sealed class QuantizedModelAttribute : Attribute
    {
        /// <summary>Asks for the model at <paramref name="path"/> (an <c>.onnx</c> file, relative to the project).</summary>
        public QuantizedModelAttribute(string path) => Path = path;

        /// <summary>The ONNX file.</summary>
        public string Path { get; }

        /// <summary>
        /// An <c>.npy</c> file of calibration samples: <c>uint8</c> NHWC pixels, or <c>int8</c> or <c>float32</c> arrays of the
        /// model's input shape, with the sample index first. Without it the ranges are estimated from synthetic input and
        /// the build warns (QMCU3006).
        /// </summary>
        public string? Calibration { get; set; }

        /// <summary>
        /// Mean of the raw input, one value or one per channel, in units of the raw sample: the network sees
        /// <c>(raw - Mean) / Std</c>.
        /// </summary>
        public double[]? Mean { get; set; }

        /// <summary>Standard deviation of the raw input, one value or one per channel, in units of the raw sample.</summary>
        public double[]? Std { get; set; }

        /// <summary>Bit widths that the compiler may use. Default: <see cref="QuantMcu.Precision.Int8"/>.</summary>
        public Precision Precision { get; set; } = Precision.Int8;

        /// <summary>Budget for the arena in bytes; 0 means none. A budget that cannot be met is an error (QMCU4001).</summary>
        public int Ram { get; set; }

        /// <summary>Budget for the weights in bytes; 0 means none. A budget that cannot be met is an error (QMCU4002).</summary>
        public int Flash { get; set; }

        /// <summary>The processor that the code is meant for.</summary>
        public Target Target { get; set; } = Target.Generic;

        /// <summary>What emitted C saves: instructions or flash. Default: <see cref="QuantMcu.Code.Speed"/>.</summary>
        public Code Code { get; set; } = Code.Speed;

        /// <summary>
        /// Patch-based inference: <c>"auto"</c>, <c>"none"</c> (layer by layer), or rows x columns of patches, <c>"4x4"</c>. Unset: auto,
        /// the compiler chooses.
        /// </summary>
        public string? Patches { get; set; }

        /// <summary>What happens to the pixels that neighbouring patches share. Unset: the compiler chooses.</summary>
        public Halo Halo { get; set; }

        /// <summary>How bit widths are chosen under <see cref="QuantMcu.Precision.Mixed"/>. Default: <see cref="QuantMcu.Search.Output"/>.</summary>
        public Search Search { get; set; } = Search.Output;

        /// <summary>Fewest bits that weights may have under <see cref="QuantMcu.Precision.Mixed"/>: 8, 4 or 2. Unset: what the search takes.</summary>
        public int WeightBits { get; set; }

        /// <summary>Weight of accuracy against computation in the score of VDQS, 0 .. 1; only with <see cref="QuantMcu.Search.Entropy"/>.</summary>
        public double Lambda { get; set; }

        /// <summary>VDPC: a value outside this central mass of the fitted Gaussian, 0 .. 1, is an outlier.</summary>
        public double Phi { get; set; }

        /// <summary>VDPC, static: the share of calibration samples, 0 .. 1, that must have an outlier in a patch to make it an outlier patch.</summary>
        public double Vote { get; set; }

        /// <summary>When VDPC examines patches. Default: <see cref="PatchClassification.Static"/>.</summary>
        public PatchClassification Classification { get; set; } = PatchClassification.Static;

        /// <summary>The tensor that VDPC examines. Default: <see cref="ClassifiedTensor.Input"/>.</summary>
        public ClassifiedTensor Classified { get; set; } = ClassifiedTensor.Input;

        /// <summary>Search bit widths in the patch stage only, and keep 8 bits behind it.</summary>
        public bool StageOnly { get; set; }

        /// <summary>
        /// Most damage to the network's output, as the search measures it, that bit widths may do, 0 or more; only with
        /// <see cref="QuantMcu.Search.Output"/>. Unset: the search's default.
        /// </summary>
        public double MaxDamage { get; set; }

        /// <summary>
        /// Fixes the model's input shape, for instance <c>"1,3,96,96"</c>, where the model leaves dimensions symbolic. A symbolic
        /// batch needs no pin: it becomes 1.
        /// </summary>
        public string? InputShape { get; set; }
    }
}
