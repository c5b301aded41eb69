// Calls the native methods of QuantMcu.Nano as firmware does: by their place in the table, with arguments in a stack frame. Commands come from standard
// input: method, a number, two arrays (length or -1 for null, size of an element, elements; an array of length -2 is the one before). Answers go to
// standard output: what was returned, the result, the elements of the arrays. Each array is an allocation of its exact size for the address sanitizer.
#include <cstdio>
#include <cstdlib>
#include <cstring>

#include "QuantMcu_Nano.h"

static const int32_t c_Null = -1;
static const int32_t c_Same = -2;

static void Get(void *data, size_t bytes)
{
    if (fread(data, 1, bytes, stdin) != bytes)
        exit(3);
}

static int32_t GetNumber()
{
    int32_t value;
    Get(&value, sizeof value);
    return value;
}

static void Put(const void *data, size_t bytes)
{
    if (fwrite(data, 1, bytes, stdout) != bytes)
        exit(4);
}

static CLR_RT_HeapBlock_Array *GetArray(CLR_RT_HeapBlock_Array *before)
{
    int32_t length = GetNumber(), size = GetNumber();
    if (length == c_Null)
        return NULL;
    if (length == c_Same)
        return before;

    size_t bytes = (size_t)length * (size_t)size;
    CLR_RT_HeapBlock_Array *array = (CLR_RT_HeapBlock_Array *)malloc(sizeof(CLR_RT_HeapBlock_Array) + bytes);
    if (array == NULL)
        exit(2);

    memset(array, 0, sizeof *array);
    array->m_numOfElements = (uint32_t)length;
    array->m_sizeOfElement = (uint8_t)size;
    Get(array->GetFirstElement(), bytes);
    return array;
}

static void PutArray(CLR_RT_HeapBlock_Array *array)
{
    if (array != NULL)
        Put(array->GetFirstElement(), (size_t)array->m_numOfElements * array->m_sizeOfElement);
}

// `Find` has its array first; the other methods have the handle there.
static CLR_RT_StackFrame Frame(int32_t method, int32_t number, CLR_RT_HeapBlock_Array *first, CLR_RT_HeapBlock_Array *second)
{
    CLR_RT_StackFrame stack;
    memset(&stack, 0, sizeof stack);
    stack.m_arguments[0].m_numeric.s4 = number;
    stack.m_arguments[method == 0 ? 0 : 1].m_array = first;
    stack.m_arguments[2].m_array = second;
    return stack;
}

int main()
{
    const CLR_RT_NativeAssemblyData &assembly = g_CLR_AssemblyNative_QuantMcu_Nano;
    const CLR_RT_MethodHandler *methods = (const CLR_RT_MethodHandler *)assembly.m_pNativeMethods;
    if (strcmp(assembly.m_szAssemblyName, "QuantMcu.Nano") != 0 || assembly.m_checkSum == 0 || assembly.m_Version.iMajorVersion != 1)
        return 5;

    for (int32_t calls = GetNumber(); calls > 0; --calls)
    {
        int32_t method = GetNumber(), number = GetNumber();
        CLR_RT_HeapBlock_Array *first = GetArray(NULL);
        CLR_RT_HeapBlock_Array *second = GetArray(first);
        CLR_RT_StackFrame stack = Frame(method, number, first, second);
        HRESULT returned = methods[method](stack);
        Put(&returned, sizeof returned);
        Put(&stack.m_result, sizeof stack.m_result);
        PutArray(first);
        PutArray(second == first ? NULL : second);
        free(second == first ? NULL : second);
        free(first);
    }

    return 0;
}
