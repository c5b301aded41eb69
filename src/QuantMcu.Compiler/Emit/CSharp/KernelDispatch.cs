using System;
using QuantMcu.Compiler.Emit.CSharp.Kernels;
using QuantMcu.Compiler.Emit.CSharp.Kernels.Packed;
using QuantMcu.Compiler.Lowering.CSharp;

namespace QuantMcu.Compiler.Emit.CSharp;

/// <summary>Which file prints which step.</summary>
internal static class KernelDispatch
{
    public static void Print(KernelWriter writer, int index, Step step)
    {
        switch (step)
        {
            case ConvStep conv:
                ConvKernel.Print(writer, index, conv);
                break;
            case DepthwiseStep depthwise:
                DepthwiseKernel.Print(writer, index, depthwise);
                break;
            case MatMulStep { Packing: not null } matMul:
                PackedMatMulKernel.Print(writer, index, matMul);
                break;
            case MatMulStep matMul:
                MatMulKernel.Print(writer, index, matMul);
                break;
            case AddStep { Packing: not null } add:
                PackedAddKernel.Print(writer, index, add);
                break;
            case AddStep add:
                AddKernel.Print(writer, index, add);
                break;
            case MulStep { Packing: not null } mul:
                PackedMulKernel.Print(writer, index, mul);
                break;
            case MulStep mul:
                MulKernel.Print(writer, index, mul);
                break;
            case MaxPoolStep { Packing: not null } pool:
                PackedMaxPoolKernel.Print(writer, index, pool);
                break;
            case MaxPoolStep pool:
                MaxPoolKernel.Print(writer, index, pool);
                break;
            case AveragePoolStep pool:
                AveragePoolKernel.Print(writer, index, pool);
                break;
            case ReduceStep { Packing: not null } reduce:
                PackedReduceKernel.Print(writer, index, reduce);
                break;
            case ReduceStep reduce:
                ReduceKernel.Print(writer, index, reduce);
                break;
            case LookupStep { Packing: not null } lookup:
                PackedLookupKernel.Print(writer, index, lookup);
                break;
            case LookupStep lookup:
                LookupKernel.Print(writer, index, lookup);
                break;
            case PReluStep { Packing: not null } prelu:
                PackedPReluKernel.Print(writer, index, prelu);
                break;
            case PReluStep prelu:
                PReluKernel.Print(writer, index, prelu);
                break;
            case ConcatStep { Packing: not null } concat:
                PackedConcatKernel.Print(writer, index, concat);
                break;
            case ConcatStep concat:
                ConcatKernel.Print(writer, index, concat);
                break;
            case StridedCopyStep { Packing: not null } copy:
                PackedCopyKernel.Print(writer, index, copy);
                break;
            case StridedCopyStep copy:
                StridedCopyKernel.Print(writer, index, copy);
                break;
            case PadStep { Packing: not null } pad:
                PackedPadKernel.Print(writer, index, pad);
                break;
            case PadStep pad:
                PadKernel.Print(writer, index, pad);
                break;
            case ResizeStep { Packing: not null } resize:
                PackedResizeKernel.Print(writer, index, resize);
                break;
            case ResizeStep resize:
                ResizeKernel.Print(writer, index, resize);
                break;
            case SoftmaxStep softmax:
                SoftmaxKernel.Print(writer, index, softmax);
                break;
            case ArgMaxStep { Packing: not null } argMax:
                PackedArgMaxKernel.Print(writer, index, argMax);
                break;
            case ArgMaxStep argMax:
                ArgMaxKernel.Print(writer, index, argMax);
                break;
            case OffsetStep offset:
                OffsetKernel.Print(writer, index, offset);
                break;
            default:
                throw new NotSupportedException("No C# kernel for " + step.GetType().Name + ".");
        }
    }
}
