# QuantMcu.Nano for the firmware of .NET nanoFramework: goes to CMake/Modules, and "QuantMcu.Nano" to NF_INTEROP_ASSEMBLIES of the preset.

set(QuantMcu.Nano_DIRECTORY "${CMAKE_SOURCE_DIR}/InteropAssemblies/QuantMcu.Nano")

set(QuantMcu.Nano_INCLUDE_DIRS
    "${CMAKE_SOURCE_DIR}/src/CLR/Core"
    "${CMAKE_SOURCE_DIR}/src/CLR/Include"
    "${CMAKE_SOURCE_DIR}/src/HAL/Include"
    "${CMAKE_SOURCE_DIR}/src/PAL/Include"
    "${QuantMcu.Nano_DIRECTORY}"
)

# Every model is a folder with its C sources; qmcu_registry.h says which of them the firmware has.
file(GLOB QuantMcu.Nano_MODEL_SOURCES CONFIGURE_DEPENDS "${QuantMcu.Nano_DIRECTORY}/*/*.c")

set(QuantMcu.Nano_SOURCES
    "${QuantMcu.Nano_DIRECTORY}/QuantMcu_Nano.cpp"
    "${QuantMcu.Nano_DIRECTORY}/QuantMcu_Nano_NativeModel.cpp"
    "${QuantMcu.Nano_DIRECTORY}/qmcu_models.c"
    ${QuantMcu.Nano_MODEL_SOURCES}
)

# Firmware is compiled for size and without builtins: kernels would call memcpy for every word that they load.
set_source_files_properties(${QuantMcu.Nano_MODEL_SOURCES} PROPERTIES COMPILE_OPTIONS "-O2;-fbuiltin")

include(FindPackageHandleStandardArgs)

FIND_PACKAGE_HANDLE_STANDARD_ARGS(INTEROP-QuantMcu.Nano DEFAULT_MSG QuantMcu.Nano_INCLUDE_DIRS QuantMcu.Nano_SOURCES)
