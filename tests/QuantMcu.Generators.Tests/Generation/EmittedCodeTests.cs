using QuantMcu.Generators.Tests.Hosting;
using QuantMcu.Testing;
using Xunit;

namespace QuantMcu.Generators.Tests.Generation;

/// <summary>Emitted code, whole, as a person would read it. QUANTMCU_ACCEPT=1 accepts changes.</summary>
public class EmittedCodeTests
{
    [Fact]
    public void Code_of_an_image_classifier_is_as_accepted()
    {
        using TestProject project = TestModels.DigitsProject();

        Verify(project.Run(), "Vision.Digits");
    }

    [Fact]
    public void Code_of_a_sensor_network_with_signed_samples_is_as_accepted()
    {
        using TestProject project = new TestProject(
            "[QuantMcu.QuantizedModel(\"sensor.onnx\", Calibration = \"sensor.npy\")] static partial class Sensor;")
            .With("sensor.onnx", TestModels.Sensor())
            .With("sensor.npy", TestModels.SensorSamples());

        Verify(project.Run(), "Sensor");
    }

    private static void Verify(GeneratorRun run, string name)
    {
        Assert.Empty(run.CompilerFindings);
        Snapshot.Verify(run.Source(name + ".Api.g.cs"), name + ".Api");
        Snapshot.Verify(run.Source(name + ".Kernels.g.cs"), name + ".Kernels");
    }
}
