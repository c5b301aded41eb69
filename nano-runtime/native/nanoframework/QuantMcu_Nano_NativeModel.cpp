// What the methods of QuantMcu.Nano do. Arrays arrive in place: no managed memory is allocated or collected while these functions run, so that
// pointers into arrays stay valid. Everything that C# hands over is checked before a byte is touched.
#include "QuantMcu_Nano.h"

#include "qmcu_models.h"

static const int32_t c_AbiVersion = 1;

// The model of the first argument.
static HRESULT ModelArgument(CLR_RT_StackFrame &stack, const qmcu_model *&model)
{
    NANOCLR_HEADER();

    model = qmcu_model_at(stack.Arg0().NumericByRef().s4);
    if (model == NULL)
    {
        NANOCLR_SET_AND_LEAVE(CLR_E_INVALID_PARAMETER);
    }

    NANOCLR_NOCLEANUP();
}

// An array of elements of `elementSize` bytes.
static HRESULT ArrayArgument(CLR_RT_HeapBlock &argument, uint32_t elementSize, CLR_RT_HeapBlock_Array *&array)
{
    NANOCLR_HEADER();

    array = argument.DereferenceArray();
    FAULT_ON_NULL_ARG(array);
    if (array->m_sizeOfElement != elementSize)
    {
        NANOCLR_SET_AND_LEAVE(CLR_E_INVALID_PARAMETER);
    }

    NANOCLR_NOCLEANUP();
}

// The elements of an array of exactly `length` bytes.
static HRESULT BytesArgument(CLR_RT_HeapBlock &argument, int32_t length, uint8_t *&bytes)
{
    NANOCLR_HEADER();

    CLR_RT_HeapBlock_Array *array = NULL;
    NANOCLR_CHECK_HRESULT(ArrayArgument(argument, 1, array));
    if (array->m_numOfElements != (uint32_t)length)
    {
        NANOCLR_SET_AND_LEAVE(CLR_E_INVALID_PARAMETER);
    }

    bytes = array->GetFirstElement();

    NANOCLR_NOCLEANUP();
}

HRESULT Library_QuantMcu_Nano_QuantMcu_Nano_NativeModel::Find___STATIC__I4__SZARRAY_U1(CLR_RT_StackFrame &stack)
{
    NANOCLR_HEADER();

    uint8_t *contentHash = NULL;
    NANOCLR_CHECK_HRESULT(BytesArgument(stack.Arg0(), QMCU_HASH_BYTES, contentHash));
    stack.SetResult_I4(qmcu_model_find(contentHash));

    NANOCLR_NOCLEANUP();
}

HRESULT Library_QuantMcu_Nano_QuantMcu_Nano_NativeModel::Run___STATIC__VOID__I4__SZARRAY_U1__SZARRAY_U1(CLR_RT_StackFrame &stack)
{
    NANOCLR_HEADER();

    const qmcu_model *model = NULL;
    uint8_t *input = NULL;
    uint8_t *output = NULL;
    NANOCLR_CHECK_HRESULT(ModelArgument(stack, model));
    NANOCLR_CHECK_HRESULT(BytesArgument(stack.Arg1(), model->input_bytes, input));
    NANOCLR_CHECK_HRESULT(BytesArgument(stack.Arg2(), model->output_bytes, output));
    if (input == output)
    {
        NANOCLR_SET_AND_LEAVE(CLR_E_INVALID_PARAMETER);
    }

    model->run(qmcu_model_arena(), input, output);

    NANOCLR_NOCLEANUP();
}

HRESULT Library_QuantMcu_Nano_QuantMcu_Nano_NativeModel::InputBytes___STATIC__I4__I4(CLR_RT_StackFrame &stack)
{
    NANOCLR_HEADER();

    const qmcu_model *model = NULL;
    NANOCLR_CHECK_HRESULT(ModelArgument(stack, model));
    stack.SetResult_I4(model->input_bytes);

    NANOCLR_NOCLEANUP();
}

HRESULT Library_QuantMcu_Nano_QuantMcu_Nano_NativeModel::OutputBytes___STATIC__I4__I4(CLR_RT_StackFrame &stack)
{
    NANOCLR_HEADER();

    const qmcu_model *model = NULL;
    NANOCLR_CHECK_HRESULT(ModelArgument(stack, model));
    stack.SetResult_I4(model->output_bytes);

    NANOCLR_NOCLEANUP();
}

HRESULT Library_QuantMcu_Nano_QuantMcu_Nano_NativeModel::ArenaBytes___STATIC__I4__I4(CLR_RT_StackFrame &stack)
{
    NANOCLR_HEADER();

    const qmcu_model *model = NULL;
    NANOCLR_CHECK_HRESULT(ModelArgument(stack, model));
    stack.SetResult_I4(model->arena_bytes);

    NANOCLR_NOCLEANUP();
}

HRESULT Library_QuantMcu_Nano_QuantMcu_Nano_NativeModel::AbiVersion___STATIC__I4(CLR_RT_StackFrame &stack)
{
    NANOCLR_HEADER();

    stack.SetResult_I4(c_AbiVersion);

    NANOCLR_NOCLEANUP_NOLABEL();
}

HRESULT Library_QuantMcu_Nano_QuantMcu_Nano_NativeModel::PatchCounts___STATIC__I4__I4__SZARRAY_I4(CLR_RT_StackFrame &stack)
{
    NANOCLR_HEADER();

    const qmcu_model *model = NULL;
    CLR_RT_HeapBlock_Array *counts = NULL;
    NANOCLR_CHECK_HRESULT(ModelArgument(stack, model));
    NANOCLR_CHECK_HRESULT(ArrayArgument(stack.Arg1(), sizeof(int32_t), counts));
    if (counts->m_numOfElements < (uint32_t)model->branches)
    {
        NANOCLR_SET_AND_LEAVE(CLR_E_INVALID_PARAMETER);
    }

    for (int32_t branch = 0; branch < model->branches; ++branch)
    {
        ((int32_t *)counts->GetFirstElement())[branch] = model->patch_counts[branch];
    }

    stack.SetResult_I4(model->branches);

    NANOCLR_NOCLEANUP();
}
