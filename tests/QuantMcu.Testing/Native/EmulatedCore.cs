using System.Collections.Immutable;
using System.Linq;

namespace QuantMcu.Testing.Native;

/// <summary>A core that the harness in tests/Native/harness emulates.</summary>
/// <param name="Name">As the harness calls it.</param>
/// <param name="Target">As the compiler calls it.</param>
/// <param name="Tools">Programs that building and running need.</param>
public sealed record EmulatedCore(string Name, Target Target, ImmutableArray<string> Tools)
{
    public static readonly EmulatedCore M4 = Arm("m4", Target.CortexM4);

    /// <summary>An STM32F405: a Cortex-M4 with 128 KB of RAM and 1 MB of flash, and a fence around both.</summary>
    public static readonly EmulatedCore F405 = Arm("f405", Target.CortexM4);

    public static readonly EmulatedCore M7 = Arm("m7", Target.CortexM7);

    public static readonly EmulatedCore M33 = Arm("m33", Target.CortexM33);

    /// <summary>With Helium.</summary>
    public static readonly EmulatedCore M55 = Arm("m55", Target.CortexM55);

    public static readonly EmulatedCore Rv32Imc = new("rv32imc", Target.Esp32C3, ["riscv64-unknown-elf-gcc", "qemu-system-riscv32", "make", "gcc"]);

    /// <summary>Stands for all Xtensa cores with the call0 convention; it has less than an ESP32: no high half of a product, no loops.</summary>
    public static readonly EmulatedCore Lx106 = new("lx106", Target.Esp32, ["xtensa-lx106-elf-gcc", "qemu-system-xtensa", "make", "gcc"]);

    public static ImmutableArray<EmulatedCore> All { get; } =
    [
        M4, M7, M33, M55, Rv32Imc, Rv32Imc with { Name = "rv32imac", Target = Target.Esp32C6 }, Lx106,
    ];

    /// <summary>Why it cannot be used on this machine, or null.</summary>
    public string? Missing => Toolchain.Missing([.. Tools]);

    public static EmulatedCore Named(string name) => All.Single(core => core.Name == name);

    private static EmulatedCore Arm(string name, Target target) => new(name, target, ["arm-none-eabi-gcc", "qemu-system-arm", "make", "gcc"]);
}
