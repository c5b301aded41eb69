using System;
using System.Collections.Immutable;
using System.Linq;
using System.Reflection;

namespace QuantMcu.Compiler.Diagnostics;

/// <summary>Every rule of the engine.</summary>
public static class DiagnosticRules
{
    /// <summary>The rules of all <c>*Rules</c> classes beside this one, by ascending id.</summary>
    public static ImmutableArray<DiagnosticRule> All { get; } = typeof(DiagnosticRules).Assembly.GetTypes()
        .Where(type => type.Namespace == typeof(DiagnosticRules).Namespace && type.Name.EndsWith("Rules", StringComparison.Ordinal))
        .SelectMany(type => type.GetFields(BindingFlags.Public | BindingFlags.Static))
        .Where(field => field.FieldType == typeof(DiagnosticRule))
        .Select(field => (DiagnosticRule)field.GetValue(null)!)
        .OrderBy(rule => rule.Id, StringComparer.Ordinal)
        .ToImmutableArray();

    /// <summary>The rule of that id, or null.</summary>
    public static DiagnosticRule? Find(string id) => All.FirstOrDefault(rule => rule.Id == id);
}
