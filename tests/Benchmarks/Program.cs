using System;
using QuantMcu.Benchmarks;
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
    case ["disagreements", var name]:
        Disagreements.Print(EvaluationModel.Named(name));
        return 0;
    case ["lowbits", .. var names]:
        LowBits.Print(names, samples: 500);
        return 0;
    default:
        Console.Error.WriteLine("usage: speed [MODEL] | accuracy | disagreements MODEL | lowbits [MODEL ...]");
        return 2;
}
