using System;
using System.Collections.Generic;
using System.Collections.Immutable;
using System.Linq;
using QuantMcu.Compiler.Diagnostics;
using QuantMcu.Compiler.Request;

namespace QuantMcu.Generators.Request;

/// <summary>
/// Looks up a request's files among the AdditionalFiles and merges its options with the model's item metadata. The analyzers
/// report the errors; the generator compiles where there are none.
/// </summary>
internal static class RequestResolver
{
    private const int MostFilesListed = 5;

    public static ResolvedRequest Resolve(ModelRequest request, ImmutableArray<CandidateFile> candidates, string projectDirectory)
    {
        var errors = new List<RequestFinding>();
        var files = new FileLookup(candidates, projectDirectory, errors);
        CandidateFile? model = files.Find(request.Model, ".onnx", RequestArguments.Path, RequestRules.ModelNotFound);

        var settings = (model?.Options ?? default).Concat(request.Options).ToList();
        string? calibrationPath = request.Calibration
            ?? settings.Find(setting => setting.Name == RequestArguments.Calibration)?.Value;
        CandidateFile? calibration = calibrationPath is null
            ? null
            : files.Find(calibrationPath, ".npy", RequestArguments.Calibration, RequestRules.CalibrationNotFound);

        ParsedOptions parsed = OptionParser.Parse(settings
            .Where(setting => setting.Name != RequestArguments.Calibration)
            .Select(setting => new KeyValuePair<string, string>(setting.Name, setting.Value)));
        errors.AddRange(parsed.Errors.Select(error => new RequestFinding(error.Option, error.Diagnostic)));

        return new ResolvedRequest(request, model, calibration, parsed.Options, errors.ToEquatableArray());
    }

    private sealed class FileLookup(
        ImmutableArray<CandidateFile> candidates, string projectDirectory, List<RequestFinding> errors)
    {
        public CandidateFile? Find(string path, string extension, string argument, DiagnosticRule notFound)
        {
            var eligible = candidates.Where(file => file.Path.EndsWith(extension, StringComparison.OrdinalIgnoreCase)).ToList();
            IReadOnlyList<CandidateFile> found = FileMatcher.Match(path, projectDirectory, eligible);
            if (found.Count == 1)
                return found[0];

            errors.Add(new RequestFinding(argument, found.Count == 0
                ? Diagnostic.Create(notFound, path, Remedy(path, extension, eligible))
                : Diagnostic.Create(RequestRules.AmbiguousFile, path, List(found))));
            return null;
        }

        private string Remedy(string path, string extension, List<CandidateFile> eligible)
        {
            if (!path.EndsWith(extension, StringComparison.OrdinalIgnoreCase))
                return "Name a file that ends in " + extension + ".";

            string name = FileMatcher.FileName(path);
            var namesakes = eligible
                .Where(file => string.Equals(FileMatcher.FileName(file.Path), name, StringComparison.OrdinalIgnoreCase)).ToList();
            return namesakes.Count > 0
                ? "Did you mean " + List(namesakes) + "?"
                : "Check the path, which is relative to the project, and that the project has an item"
                    + " <AdditionalFiles Include=\"" + path + "\" /> or a pattern that covers it.";
        }

        private string List(IEnumerable<CandidateFile> files) => string.Join(", ", files
            .Take(MostFilesListed)
            .Select(file => "'" + FileMatcher.Display(file.Path, projectDirectory) + "'"));
    }
}
