using System;
using System.Collections.Generic;
using System.IO;
using System.Linq;
using System.Threading;
using QuantMcu.Compiler.Calibration;
using QuantMcu.Compiler.Diagnostics;
using QuantMcu.Compiler.Graph;
using QuantMcu.Compiler.Memory;
using QuantMcu.Compiler.Patching;
using QuantMcu.Compiler.Quantization;
using QuantMcu.Compiler.Quantization.Layers;
using QuantMcu.Compiler.Reference.Integer;
using QuantMcu.Compiler.Request;
using QuantMcu.Compiler.Searching;
using QuantMcu.Compiler.Searching.Entropy;
using QuantMcu.Testing;
using Xunit;

namespace QuantMcu.Compiler.Tests.Searching;

/// <summary>Both searches on networks that were trained.</summary>
public class RealModelTests
{
    // Smaller than what any 8-bit network of these needs layer by layer.
    private const int MeterRam = 24_000, KeywordRam = 10_000, KeywordFlash = 18_000;

    private static readonly Lazy<PreparedModel> Meter = new(() => Prepare("meter"));
    private static readonly Lazy<PreparedModel> Keyword = new(() => Prepare("keyword"));

    private static readonly CompileOptions Entropy = CompileOptions.Default with
    {
        Precision = Precision.Mixed, Search = Search.Entropy, Patches = new PatchGrid(3, 3), Lambda = 0.4,
    };

    private static readonly CompileOptions Output = CompileOptions.Default with { Precision = Precision.Mixed, Search = Search.Output };

    [ModelsFact]
    public void Entropy_keeps_the_budget_of_ram()
    {
        var (network, report) = Run(Meter.Value, Entropy with { Ram = MeterRam });

        Assert.InRange(Arena(network), 1, MeterRam);
        Assert.Contains(report.Scopes.SelectMany(scope => scope.Maps), map => map.Reason == "lowered to fit Ram");
    }

    [ModelsFact]
    public void A_budget_that_nothing_fits_ends_in_one_error()
    {
        var error = Assert.Throws<ModelException>(() => Run(Meter.Value, Entropy with { Ram = 2_000 }));

        Assert.Equal("QMCU4001", error.Diagnostic.Id);
    }

    [ModelsFact]
    public void Output_keeps_the_budgets_of_ram_and_flash()
    {
        var (network, _) = Run(Keyword.Value, Output with { Ram = KeywordRam, Flash = KeywordFlash });

        Assert.InRange(Arena(network), 1, KeywordRam);
        Assert.InRange(NetworkFlash.Bytes(network), 1, KeywordFlash);
    }

    [ModelsFact]
    public void Output_fuses_layers_where_patches_and_few_bits_do_not_suffice()
    {
        var (network, report) = Run(Meter.Value, Output with { Ram = 4_000, MaxDamage = 1 });
        var inputs = RandomNetworks.Inputs(network, 3);

        Assert.InRange(Arena(network), 1, 4_000);
        Assert.Contains(network.Layers, layer => layer is FusedLayer);
        Assert.Contains("fused", report.PatchReason, StringComparison.Ordinal);
        Assert.Equal(IntegerInterpreter.Run(network, inputs)[0], CSharpHost.Load(network)[0].Run(inputs)[0]);
    }

    [ModelsFact]
    public void Output_warns_when_only_a_loss_that_is_not_allowed_fits()
    {
        var warnings = new List<Diagnostic>();

        Run(Keyword.Value, Output with { Flash = 15_720, MaxDamage = 0.0001 }, warnings);

        Assert.Contains(warnings, warning => warning.Rule == MemoryRules.BudgetsCostAccuracy);
    }

    [ModelsFact]
    public void Output_loses_no_more_than_is_allowed_and_less_costs_more()
    {
        var (strict, strictReport) = Run(Keyword.Value, Output with { MaxDamage = 0.001 });
        var (loose, looseReport) = Run(Keyword.Value, Output with { MaxDamage = 0.02 });

        Assert.InRange(strictReport.MeasuredDamage!.Value, -1, 0.001);
        Assert.InRange(looseReport.MeasuredDamage!.Value, -1, 0.02);
        Assert.True(BitsOfWeights(loose) < BitsOfWeights(strict));
    }

    [ModelsFact]
    public void Entropy_explains_every_map_and_its_scores_follow_the_formula()
    {
        var (_, report) = Run(Keyword.Value, Entropy with { Patches = new PatchGrid(2, 2) });

        var decided = report.Scopes.SelectMany(scope => scope.Maps).Where(map => !map.Candidates.IsEmpty).ToList();
        Assert.NotEmpty(decided);
        Assert.All(decided, map => Assert.Equal([8, 4, 2], map.Candidates.Select(candidate => candidate.Bits)));
        Assert.All(decided.SelectMany(map => map.Candidates), candidate =>
            Assert.Equal((-0.4 * candidate.Omega!.Value) + (0.6 * candidate.Phi!.Value), candidate.Score!.Value, 9));
        foreach (var map in decided.Where(map => map.Reason == "best score"))
            Assert.Equal(map.Candidates.Max(candidate => candidate.Score), map.Candidates.Single(candidate => candidate.Bits == map.Bits).Score);
        Assert.NotEmpty(report.Log);
    }

    [ModelsFact]
    public void Outlier_patches_keep_8_bits()
    {
        var (network, report) = Run(Meter.Value, Entropy with { Phi = 0.95, Lambda = 0.2 });

        var outliers = report.Vdpc!.Outliers;
        Assert.Contains(true, outliers);
        Assert.Contains(false, outliers);
        for (int tile = 0; tile < outliers.Length; tile++)
        {
            var branch = network.Patches!.Branches[network.Patches.Classes[tile]].Network;
            bool isEight = branch.Layers.All(layer => branch.Tensor(layer.Output).Quantizer.Bits == 8 || layer.Output == branch.Outputs[0].Tensor);
            Assert.Equal(outliers[tile], isEight);
        }
    }

    [ModelsFact]
    public void Output_explains_every_map_every_layer_and_every_round()
    {
        var (network, report) = Run(Keyword.Value, Output);

        Assert.Equal(network.Layers.OfType<ConvLayer>().Count(), report.Weights.Length);
        Assert.All(report.Weights, weights => Assert.Contains(weights.Candidates, candidate => candidate.Bits == weights.Bits && candidate.Damage is not null));
        Assert.All(report.Scopes.SelectMany(scope => scope.Maps), map => Assert.NotEqual("", map.Reason));
        Assert.Contains(report.Log, line => line.Contains("expected loss", StringComparison.Ordinal));
    }

    [ModelsFact]
    public void Searches_do_not_depend_on_the_number_of_threads()
    {
        foreach (var options in new[] { Entropy with { Patches = new PatchGrid(2, 2) }, Output with { Ram = KeywordRam } })
        {
            var one = Run(Keyword.Value, options, threads: 1);
            var three = Run(Keyword.Value, options, threads: 3);

            Assert.Equal(one.Report.Log.ToArray(), three.Report.Log.ToArray());
            Assert.Equal(Text(one.Network), Text(three.Network));
        }
    }

    private static IEnumerable<string> Text(QuantizedNetwork network)
    {
        var parts = network.Patches is { } patches ? patches.Branches.Select(branch => branch.Network).Append(network) : [network];
        return parts.SelectMany(part => part.Layers.OfType<ConvLayer>().Select(layer => string.Join(
            " ", layer.Weights.Select(weight => (int)weight).Concat(layer.Bias).Append(layer.WeightBits).Append(part.Tensor(layer.Output).Quantizer.Bits))));
    }

    private static int BitsOfWeights(QuantizedNetwork network) => network.Layers.OfType<ConvLayer>().Sum(layer => layer.WeightBytes);

    private static int Arena(QuantizedNetwork network) => NetworkMemory.Plan(network, CancellationToken.None).TotalBytes;

    private static (QuantizedNetwork Network, SearchReport Report) Run(
        PreparedModel model, CompileOptions options, ICollection<Diagnostic>? warnings = null, int threads = 2) =>
        NetworkSearch.Run(model, options, threads, warnings ?? new List<Diagnostic>(), null, CancellationToken.None);

    private static PreparedModel Prepare(string name)
    {
        var model = EvaluationModel.Named(name);
        byte[] calibration = File.ReadAllBytes(ModelsFolder.Data(model.DataSet, "calib_x"));
        var request = new CompileRequest(name, model.ReadModel(), calibration, model.Options);
        return ModelCompiler.Prepare(request, new List<Diagnostic>(), null, CancellationToken.None) with
        {
            Sensitivities = new QuantMcu.Compiler.Searching.Output.SensitivityCache(),
        };
    }
}
