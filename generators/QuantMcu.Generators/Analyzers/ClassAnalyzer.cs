using System.Linq;
using Microsoft.CodeAnalysis;
using Microsoft.CodeAnalysis.Diagnostics;
using QuantMcu.Compiler.Diagnostics;
using QuantMcu.Generators.Diagnostics;
using QuantMcu.Generators.Request;

namespace QuantMcu.Generators.Analyzers;

/// <summary>QMCU1001 and QMCU1021: the class cannot be added to. A code fix makes it partial.</summary>
[DiagnosticAnalyzer(LanguageNames.CSharp)]
public sealed class ClassAnalyzer : AttributeAnalyzer
{
    /// <summary>Creates the analyzer.</summary>
    public ClassAnalyzer()
        : base(RequestRules.ClassNotPartial, RequestRules.UnsupportedClass)
    {
    }

    private protected override void Analyze(in AnnotatedClass annotated)
    {
        if (annotated.Request.ClassError is not { } error)
            return;

        INamedTypeSymbol subject = ClassReader.FirstNotPartial(annotated.Type) ?? annotated.Type;
        annotated.Context.ReportDiagnostic(error.At(subject.Locations.First()));
    }
}
