// Declarations of the methods of QuantMcu.Nano, with the names that the metadata processor gives them.
#ifndef QUANTMCU_NANO_H
#define QUANTMCU_NANO_H

#include <nanoCLR_Interop.h>
#include <nanoCLR_Runtime.h>

struct Library_QuantMcu_Nano_QuantMcu_Nano_NativeModel
{
    NANOCLR_NATIVE_DECLARE(Find___STATIC__I4__SZARRAY_U1);
    NANOCLR_NATIVE_DECLARE(Run___STATIC__VOID__I4__SZARRAY_U1__SZARRAY_U1);
    NANOCLR_NATIVE_DECLARE(InputBytes___STATIC__I4__I4);
    NANOCLR_NATIVE_DECLARE(OutputBytes___STATIC__I4__I4);
    NANOCLR_NATIVE_DECLARE(ArenaBytes___STATIC__I4__I4);
    NANOCLR_NATIVE_DECLARE(AbiVersion___STATIC__I4);
    NANOCLR_NATIVE_DECLARE(PatchCounts___STATIC__I4__I4__SZARRAY_I4);
};

extern const CLR_RT_NativeAssemblyData g_CLR_AssemblyNative_QuantMcu_Nano;

#endif
