// Arguments and results of native methods, as far as the glue uses them.
#ifndef NANOCLR_RUNTIME_H
#define NANOCLR_RUNTIME_H

#include "nanoCLR_Interop.h"

struct CLR_RT_HeapBlock_Array;

struct CLR_RT_HeapBlock
{
    union Numeric
    {
        int32_t s4;
        uint32_t u4;
    };

    Numeric m_numeric;
    CLR_RT_HeapBlock_Array *m_array;

    Numeric &NumericByRef()
    {
        return m_numeric;
    }

    CLR_RT_HeapBlock_Array *DereferenceArray() const
    {
        return m_array;
    }
};

// Its elements lie behind it.
struct CLR_RT_HeapBlock_Array : public CLR_RT_HeapBlock
{
    uint32_t m_numOfElements;
    uint8_t m_typeOfElement;
    uint8_t m_sizeOfElement;
    uint8_t m_fReference;
    uint8_t m_pad;

    uint8_t *GetFirstElement()
    {
        return (uint8_t *)&this[1];
    }
};

struct CLR_RT_StackFrame
{
    CLR_RT_HeapBlock m_arguments[3];
    int32_t m_result;

    CLR_RT_HeapBlock &Arg0()
    {
        return m_arguments[0];
    }

    CLR_RT_HeapBlock &Arg1()
    {
        return m_arguments[1];
    }

    CLR_RT_HeapBlock &Arg2()
    {
        return m_arguments[2];
    }

    void SetResult_I4(int32_t value)
    {
        m_result = value;
    }
};

#endif
