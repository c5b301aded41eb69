// The methods of QuantMcu.Nano in the order of the assembly. Firmware compares name, checksum and version with those of the deployed assembly.
// Checksum, version and names are those that the metadata processor wrote for managed/QuantMcu.Nano.nfproj. README.md says how to take them from its
// output again: `quantmcu compile ... --emit nano --stubs managed/bin/Release/Stubs`.
#include "QuantMcu_Nano.h"

static const CLR_RT_MethodHandler method_lookup[] =
{
    Library_QuantMcu_Nano_QuantMcu_Nano_NativeModel::Find___STATIC__I4__SZARRAY_U1,
    Library_QuantMcu_Nano_QuantMcu_Nano_NativeModel::Run___STATIC__VOID__I4__SZARRAY_U1__SZARRAY_U1,
    Library_QuantMcu_Nano_QuantMcu_Nano_NativeModel::InputBytes___STATIC__I4__I4,
    Library_QuantMcu_Nano_QuantMcu_Nano_NativeModel::OutputBytes___STATIC__I4__I4,
    Library_QuantMcu_Nano_QuantMcu_Nano_NativeModel::ArenaBytes___STATIC__I4__I4,
    Library_QuantMcu_Nano_QuantMcu_Nano_NativeModel::AbiVersion___STATIC__I4,
    Library_QuantMcu_Nano_QuantMcu_Nano_NativeModel::PatchCounts___STATIC__I4__I4__SZARRAY_I4,
};

// The build of the firmware reads the numbers below with a regular expression: no other text between the braces.
const CLR_RT_NativeAssemblyData g_CLR_AssemblyNative_QuantMcu_Nano =
{
    "QuantMcu.Nano",
    0x30F8551D,
    method_lookup,
    { 1, 0, 0, 0 }
};
