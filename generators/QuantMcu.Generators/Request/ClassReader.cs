using System.Collections.Generic;
using System.Collections.Immutable;
using System.Linq;
using Microsoft.CodeAnalysis;
using Microsoft.CodeAnalysis.CSharp;
using Microsoft.CodeAnalysis.CSharp.Syntax;
using QuantMcu.Compiler.Diagnostics;
using QuantMcu.Compiler.Emit.CSharp;
using Diagnostic = QuantMcu.Compiler.Diagnostics.Diagnostic;

namespace QuantMcu.Generators.Request;

/// <summary>Reads the annotated class: how to reopen it, and whether that is possible.</summary>
internal static class ClassReader
{
    private static readonly SymbolDisplayFormat EscapedNamespace = new(
        typeQualificationStyle: SymbolDisplayTypeQualificationStyle.NameAndContainingTypesAndNamespaces,
        miscellaneousOptions: SymbolDisplayMiscellaneousOptions.EscapeKeywordIdentifiers);

    public static ClassTarget Read(INamedTypeSymbol type)
    {
        INamespaceSymbol around = type.ContainingNamespace;
        string scope = around.IsGlobalNamespace ? "" : around.ToDisplayString(EscapedNamespace);
        return new ClassTarget(scope, Outer(type).Reverse().Select(Header).ToImmutableArray(), Escape(type.Name));
    }

    /// <summary>QMCU1001 or QMCU1021 where nothing can be added to the class, else null.</summary>
    public static Diagnostic? FindError(INamedTypeSymbol type, string model)
    {
        if (Obstacle(type) is { } obstacle)
            return Diagnostic.Create(RequestRules.UnsupportedClass, type.Name, obstacle);

        INamedTypeSymbol? closed = FirstNotPartial(type);
        return closed is null ? null : Diagnostic.Create(RequestRules.ClassNotPartial, closed.Name, model);
    }

    /// <summary>The class or the innermost type around it that lacks the partial modifier, or null.</summary>
    public static INamedTypeSymbol? FirstNotPartial(INamedTypeSymbol type) =>
        new[] { type }.Concat(Outer(type)).FirstOrDefault(candidate => !IsPartial(candidate));

    private static bool IsPartial(INamedTypeSymbol type) => type.DeclaringSyntaxReferences
        .All(reference => reference.GetSyntax() is MemberDeclarationSyntax declaration
            && declaration.Modifiers.Any(SyntaxKind.PartialKeyword));

    private static string? Obstacle(INamedTypeSymbol type)
    {
        if (type.IsRecord || type.TypeKind != TypeKind.Class)
            return "it is not an ordinary class";
        if (type.IsGenericType || Outer(type).Any(outer => outer.IsGenericType))
            return "it is generic or nested in a generic type";
        if (type.IsFileLocal || Outer(type).Any(outer => outer.IsFileLocal))
            return "it is local to its file";

        return null;
    }

    private static IEnumerable<INamedTypeSymbol> Outer(INamedTypeSymbol type)
    {
        for (INamedTypeSymbol? outer = type.ContainingType; outer is not null; outer = outer.ContainingType)
            yield return outer;
    }

    private static string Header(INamedTypeSymbol type)
    {
        string keyword = type switch
        {
            { TypeKind: TypeKind.Interface } => "interface",
            { TypeKind: TypeKind.Struct, IsRecord: true } => "record struct",
            { TypeKind: TypeKind.Struct } => "struct",
            { IsRecord: true } => "record",
            _ => "class",
        };
        return keyword + " " + Escape(type.Name);
    }

    private static string Escape(string name) => SyntaxFacts.GetKeywordKind(name) == SyntaxKind.None ? name : "@" + name;
}
