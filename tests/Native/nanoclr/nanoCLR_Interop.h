// What nano-runtime/native/nanoframework uses of the runtime of .NET nanoFramework, by the same names, so that the glue compiles and runs here.
#ifndef NANOCLR_INTEROP_H
#define NANOCLR_INTEROP_H

#include <cstddef>
#include <cstdint>

typedef int32_t HRESULT;

static const HRESULT S_OK = 0;
static const HRESULT CLR_E_INVALID_PARAMETER = -1;
static const HRESULT CLR_E_ARGUMENT_NULL = -2;

#define FAILED(hr) ((hr) < 0)

#define NANOCLR_HEADER() HRESULT hr
#define NANOCLR_SET_AND_LEAVE(expr)                                                                                                                   \
    {                                                                                                                                                  \
        hr = (expr);                                                                                                                                   \
        goto nanoCLR_Cleanup;                                                                                                                          \
    }
#define NANOCLR_CHECK_HRESULT(expr)                                                                                                                   \
    {                                                                                                                                                  \
        if (FAILED(hr = (expr)))                                                                                                                       \
            goto nanoCLR_Cleanup;                                                                                                                      \
    }
#define FAULT_ON_NULL_ARG(pointer)                                                                                                                    \
    if (!(pointer))                                                                                                                                    \
    NANOCLR_SET_AND_LEAVE(CLR_E_ARGUMENT_NULL)
#define NANOCLR_NOCLEANUP()                                                                                                                           \
    hr = S_OK;                                                                                                                                         \
    nanoCLR_Cleanup:                                                                                                                                   \
    return hr
#define NANOCLR_NOCLEANUP_NOLABEL()                                                                                                                   \
    hr = S_OK;                                                                                                                                         \
    return hr

struct CLR_RT_StackFrame;

typedef HRESULT (*CLR_RT_MethodHandler)(CLR_RT_StackFrame &stack);

#define NANOCLR_NATIVE_DECLARE(method) static HRESULT method(CLR_RT_StackFrame &stack)

struct CLR_RECORD_VERSION
{
    uint16_t iMajorVersion;
    uint16_t iMinorVersion;
    uint16_t iBuildNumber;
    uint16_t iRevisionNumber;
};

struct CLR_RT_NativeAssemblyData
{
    const char *m_szAssemblyName;
    unsigned int m_checkSum;
    const void *m_pNativeMethods;
    CLR_RECORD_VERSION m_Version;
};

#endif
