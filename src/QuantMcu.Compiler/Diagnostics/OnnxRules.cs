namespace QuantMcu.Compiler.Diagnostics;

/// <summary>QMCU2xxx: what can be wrong with an ONNX model.</summary>
public static class OnnxRules
{
    public static readonly DiagnosticRule NotOnnx = new(
        "QMCU2001", "Not an ONNX model",
        "The file is not a readable ONNX model: {0}. Export the model again, and check that the file was copied whole.");

    public static readonly DiagnosticRule UnsupportedOpset = new(
        "QMCU2002", "Opset not supported",
        "The model uses opset {0} of domain '{1}'; opsets 7 to 22 of the default domain are supported. Export it with opset_version=13.");

    public static readonly DiagnosticRule UnsupportedOperator = new(
        "QMCU2003", "Operator not supported",
        "Node '{0}': operator {1} (opset {2}) is not supported. {3}");

    public static readonly DiagnosticRule UnsupportedForm = new(
        "QMCU2004", "Form of an operator not supported",
        "Node '{0}': {1} (opset {2}) {3}. Nearest supported form: {4}");

    public static readonly DiagnosticRule InvalidNode = new(
        "QMCU2005", "Invalid node",
        "Node '{0}': {1} is invalid: {2}. Check the model with onnx.checker and export it again.");

    public static readonly DiagnosticRule InvalidGraph = new(
        "QMCU2006", "Invalid graph",
        "The graph is invalid: {0}. Check the model with onnx.checker and export it again.");

    public static readonly DiagnosticRule InvalidTensor = new(
        "QMCU2007", "Invalid tensor",
        "Tensor '{0}' is invalid: {1}. Check the model with onnx.checker and export it again.");

    public static readonly DiagnosticRule ExternalData = new(
        "QMCU2008", "External data refused",
        "Tensor '{0}' keeps its data in another file. External data is refused, because a path inside a model could name any file of the"
        + " machine that builds. Save the model with its data inside (onnx.save with save_as_external_data=False).");

    public static readonly DiagnosticRule TooLarge = new(
        "QMCU2009", "Model too large",
        "{0} exceeds the limit of {1}. Models for microcontrollers stay far below it; check the shapes.");

    public static readonly DiagnosticRule DynamicShape = new(
        "QMCU2010", "Dynamic shape",
        "Tensor '{0}' has no fixed shape: dimension {1} is {2}. Export the model with a fixed input shape, or pin it with InputShape.");

    public static readonly DiagnosticRule NotConstant = new(
        "QMCU2011", "Operand must be constant",
        "Node '{0}': input '{1}' of {2} ('{3}') must be a constant that is known at compile time. Export the model with constants folded.");

    public static readonly DiagnosticRule UnsupportedType = new(
        "QMCU2012", "Type not supported",
        "'{0}' is of type {1}, which is not supported. Supported are tensors of float, float16, double, bool and integers of 8 to 64 bits.");

    public static readonly DiagnosticRule InputShapeMismatch = new(
        "QMCU2013", "InputShape does not fit",
        "InputShape {0} does not fit the model: {1}. Give one dimension for each of the input's, equal where the model fixes it.");

    public static readonly DiagnosticRule LocalFunctions = new(
        "QMCU2014", "Local functions not supported",
        "The model defines functions of its own ('{0}'), which are not supported. Inline them (onnx.inliner.inline_local_functions).");
}
