using System.Collections.Immutable;
using System.Linq;
using QuantMcu.Compiler.Graph;
using QuantMcu.Compiler.Patching;
using QuantMcu.Compiler.Request;
using Xunit;

namespace QuantMcu.Compiler.Tests.Request;

public class RequestHashTests
{
    private static readonly CompileRequest Plain = new("a", [1, 2], null, CompileOptions.Default);

    [Fact]
    public void Sha256_is_the_published_digest() =>
        Assert.Equal("ba7816bf8f01cfea414140de5dae2223b00361a396177a9cb410ff61f20015ad", RequestHash.Sha256("abc"u8.ToArray()));

    [Fact]
    public void Of_does_not_depend_on_the_name() => Assert.Equal(RequestHash.Of(Plain), RequestHash.Of(Plain with { Name = "b" }));

    [Fact]
    public void Of_depends_on_everything_else()
    {
        CompileOptions options = CompileOptions.Default;
        CompileRequest[] requests =
        [
            Plain,
            Plain with { Model = [1, 3] },
            Plain with { Calibration = [] },
            Plain with { Calibration = [1] },
            Plain with { Options = options with { Mean = ImmutableArray.Create(1.0) } },
            Plain with { Options = options with { Mean = ImmutableArray.Create(1.0000000000000002) } },
            Plain with { Options = options with { Std = ImmutableArray.Create(1.0) } },
            Plain with { Options = options with { Ram = 1 } },
            Plain with { Options = options with { Flash = 1 } },
            Plain with { Options = options with { Target = Target.Esp32 } },
            Plain with { Options = options with { Code = Code.Size } },
            Plain with { Options = options with { InputShape = new Shape(1) } },
            Plain with { Options = options with { Precision = Precision.Mixed } },
            Plain with { Options = options with { Patches = PatchGrid.Whole } },
            Plain with { Options = options with { Patches = new PatchGrid(2, 1) } },
            Plain with { Options = options with { Halo = Halo.Recompute } },
            Plain with { Options = options with { Halo = Halo.Cache } },
            Plain with { Options = options with { Search = Search.Entropy } },
            Plain with { Options = options with { WeightBits = 8 } },
            Plain with { Options = options with { WeightBits = 4 } },
            Plain with { Options = options with { Lambda = 0 } },
            Plain with { Options = options with { Lambda = 0.5 } },
            Plain with { Options = options with { Phi = 0.5 } },
            Plain with { Options = options with { Vote = 0.5 } },
            Plain with { Options = options with { Classification = PatchClassification.Dynamic } },
            Plain with { Options = options with { Classified = ClassifiedTensor.FirstFeatureMap } },
            Plain with { Options = options with { StageOnly = true } },
            Plain with { Options = options with { MaxDamage = 0.5 } },
        ];

        Assert.Equal(requests.Length, requests.Select(RequestHash.Of).Distinct().Count());
        Assert.Equal(requests.Length, requests.Select(request => (request.Model[1], request.Calibration, request.Options)).Distinct().Count());
    }
}
