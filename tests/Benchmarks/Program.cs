using System;
using System.Globalization;
using QuantMcu;
using QuantMcu.Benchmarks;
using QuantMcu.Benchmarks.Results;
using QuantMcu.Testing;

if (!ModelsFolder.Exists)
{
    Console.Error.WriteLine("needs the models folder beside the repository (../shared/models)");
    return 1;
}

switch (args)
{
    case ["speed"]:
        Speed.Print(EvaluationModel.Named("mobilenetv2_w035_r128_imagenet"));
        return 0;
    case ["speed", var name]:
        Speed.Print(EvaluationModel.Named(name));
        return 0;
    case ["accuracy"]:
        return Accuracy.Print();
    case ["results", "--samples", var samples, .. var names]:
        return ResultsCommand.Run(names, int.Parse(samples, CultureInfo.InvariantCulture));
    case ["results", .. var names]:
        return ResultsCommand.Run(names);
    case ["verify", .. var names]:
        return VerifyCommand.Run(names);
    case ["disagreements", var name]:
        Disagreements.Print(EvaluationModel.Named(name));
        return 0;
    case ["lowbits", .. var names]:
        LowBits.Print(names, samples: 500);
        return 0;
    case ["native", "layers", .. var cores]:
        NativeCounts.PrintLayers(cores);
        return 0;
    case ["native", "counts", var core]:
        NativeCounts.PrintCounts(core);
        return 0;
    case ["native", "counts", "--size", var core, .. var names]:
        NativeCounts.PrintSmallCounts(core, names);
        return 0;
    case ["native", "counts", var core, .. var names]:
        NativeCounts.PrintCounts(core, names);
        return 0;
    case ["native", "steps", var name, var core]:
        NativeCounts.PrintSteps(name, core);
        return 0;
    case ["native", "steps", var name, var core, .. var mixes]:
        NativeCounts.PrintSteps(name, core, mixes);
        return 0;
    case ["native", "boards", .. var names]:
        BoardTimes.Print(names);
        return 0;
    case ["native", "networks", "--size", var core, .. var names]:
        NativeCounts.PrintNetworks(names, core, Code.Size);
        return 0;
    case ["native", "networks", var core, .. var names]:
        NativeCounts.PrintNetworks(names, core, Code.Speed);
        return 0;
    case ["native", "mixed", "--steps", var core, .. var names]:
        NativeCounts.PrintMixed(names, core, Code.Speed, steps: true);
        return 0;
    case ["native", "mixed", "--size", var core, .. var names]:
        NativeCounts.PrintMixed(names, core, Code.Size, steps: false);
        return 0;
    case ["native", "mixed", var core, .. var names]:
        NativeCounts.PrintMixed(names, core, Code.Speed, steps: false);
        return 0;
    default:
        Console.Error.WriteLine(
            "usage: speed [MODEL] | accuracy | results [--samples N] [MODEL ...] | verify [MODEL ...] | disagreements MODEL | lowbits [MODEL ...]"
            + " | native layers [CORE ...] | native counts [--size] CORE [MODEL ...] | native networks [--size] CORE MODEL[=RAM] ... | native boards MODEL ..."
            + " | native mixed [--steps|--size] CORE MODEL[=DAMAGE] ... | native steps MODEL CORE [CODES/WEIGHTS ...]");
        return 2;
}
