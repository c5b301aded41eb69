namespace QuantMcu
{
    /// <summary>The processor that the emitted code is meant for. It changes speed and layout, never results.</summary>
    public enum Target
    {
        /// <summary>Any processor.</summary>
        Generic,

        /// <summary>Arm Cortex-M4 (STM32F4, STM32L4, STM32G4).</summary>
        CortexM4,

        /// <summary>Arm Cortex-M7 (STM32F7, STM32H7).</summary>
        CortexM7,

        /// <summary>Arm Cortex-M33 (STM32U5, STM32L5, STM32H5).</summary>
        CortexM33,

        /// <summary>Arm Cortex-M55 (STM32N6).</summary>
        CortexM55,

        /// <summary>Xtensa LX6 (ESP32).</summary>
        Esp32,

        /// <summary>Xtensa LX7 (ESP32-S3).</summary>
        Esp32S3,

        /// <summary>RISC-V RV32IMC (ESP32-C3).</summary>
        Esp32C3,

        /// <summary>RISC-V RV32IMAC (ESP32-C6).</summary>
        Esp32C6,

        /// <summary>RISC-V RV32IMAFC (ESP32-P4).</summary>
        Esp32P4,
    }
}
