using System;

namespace QuantMcu.Compiler.Diagnostics;

/// <summary>
/// Ends a compilation with one diagnostic. Thrown inside the engine only: <c>ModelCompiler</c> turns it into a result,
/// and nothing that it started is left behind.
/// </summary>
public sealed class ModelException : Exception
{
    public ModelException(Diagnostic diagnostic)
        : base(diagnostic.ToString()) => Diagnostic = diagnostic;

    public ModelException(DiagnosticRule rule, params object[] arguments)
        : this(Diagnostic.Create(rule, arguments))
    {
    }

    public Diagnostic Diagnostic { get; }
}
