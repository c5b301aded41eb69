using System;
using System.Collections.Generic;
using System.Collections.Immutable;
using System.Linq;
using System.Reflection.Emit;
using System.Reflection.Metadata;
using System.Reflection.Metadata.Ecma335;
using System.Reflection.PortableExecutable;

namespace QuantMcu.Nano.Tests;

/// <summary>What .NET nanoFramework takes of an assembly. Its records hold these numbers in 8 and 16 bits, and nothing checks them there.</summary>
public sealed record IlLimits
{
    /// <summary>Bytes of initialised arrays.</summary>
    public int MostArrayBytes { get; init; } = 60_000;

    /// <summary>Bytes of IL.</summary>
    public int MostIlBytes { get; init; } = 65_535;

    /// <summary>Parameters or locals of a method, entries on its stack; fields or methods of a type.</summary>
    public int MostMembers { get; init; } = 255;

    /// <summary>Arrays with initialisers: fields of the type in which the compiler keeps their data.</summary>
    public int MostDataFields { get; init; } = 255;
}

/// <summary>
/// Looks for what the metadata processor rejects, what the interpreter does otherwise than .NET, and what allocates after construction.
/// </summary>
public sealed class IlChecker
{
    private static readonly Dictionary<short, OpCode> OpCodesByValue = typeof(OpCodes).GetFields()
        .Select(field => field.GetValue(null)).OfType<OpCode>().ToDictionary(code => code.Value);

    private static readonly HashSet<string> Types =
    [
        "System.Object", "System.ValueType", "System.Enum", "System.String", "System.Array", "System.Exception", "System.SystemException",
        "System.ArgumentException", "System.InvalidOperationException", "System.NotSupportedException", "System.NotImplementedException",
        "System.Byte", "System.Double", "System.Int32", "System.Int64", "System.MulticastDelegate", "System.AsyncCallback", "System.IAsyncResult", "System.Attribute",
        "System.AttributeUsageAttribute", "System.AttributeTargets", "System.Boolean", "System.RuntimeFieldHandle", "System.Runtime.CompilerServices.RuntimeHelpers", "QuantMcu.Nano.NativeModel",
    ];

    private static readonly HashSet<string> Members =
    [
        "System.Array::Copy", "System.Array::Clear", "System.Array::get_Length", "System.String::Concat", "System.Int32::ToString",
        "System.Object::.ctor", "System.Attribute::.ctor", "System.ArgumentException::.ctor", "System.InvalidOperationException::.ctor", "System.NotSupportedException::.ctor",
        "System.Runtime.CompilerServices.RuntimeHelpers::InitializeArray",
        "QuantMcu.Nano.NativeModel::Find", "QuantMcu.Nano.NativeModel::Run", "QuantMcu.Nano.NativeModel::PatchCounts",
    ];

    private static readonly OpCode[] Banned =
    [
        OpCodes.Localloc, OpCodes.Box, OpCodes.Unbox, OpCodes.Unbox_Any, OpCodes.Calli, OpCodes.Cpblk, OpCodes.Initblk, OpCodes.Ldtoken,
        OpCodes.Mkrefany, OpCodes.Sizeof, OpCodes.Ldftn, OpCodes.Ldvirtftn, OpCodes.Initobj, OpCodes.Stobj, OpCodes.Ldobj,
        OpCodes.Conv_U4, OpCodes.Conv_U8, OpCodes.Conv_U, OpCodes.Conv_I, OpCodes.Ldelem_U4, OpCodes.Shr_Un, OpCodes.Div_Un, OpCodes.Rem_Un,
    ];

    private readonly MetadataReader reader;
    private readonly PEReader image;
    private readonly IlLimits limits;
    private readonly List<string> violations = new();

    private IlChecker(PEReader image, IlLimits limits)
    {
        this.image = image;
        this.limits = limits;
        reader = image.GetMetadataReader();
    }

    /// <summary>Everything that an assembly does wrong; a sentence each, with the method.</summary>
    public static IReadOnlyList<string> Check(byte[] assembly, IlLimits? limits = null)
    {
        using var image = new PEReader([.. assembly]);
        var checker = new IlChecker(image, limits ?? new IlLimits());
        checker.Run();
        return checker.violations;
    }

    /// <summary>Bytes of IL of all methods of the types of that name.</summary>
    public static int IlBytes(byte[] assembly, string type)
    {
        using var image = new PEReader([.. assembly]);
        var reader = image.GetMetadataReader();
        return reader.MethodDefinitions.Select(handle => reader.GetMethodDefinition(handle))
            .Where(method => method.RelativeVirtualAddress != 0 && reader.GetString(reader.GetTypeDefinition(method.GetDeclaringType()).Name) == type)
            .Sum(method => image.GetMethodBody(method.RelativeVirtualAddress).GetILBytes()!.Length);
    }

    private void Run()
    {
        foreach (var handle in reader.TypeDefinitions)
            CheckType(reader.GetTypeDefinition(handle));

        int il = 0;
        foreach (var handle in reader.MethodDefinitions)
            il += CheckMethod(reader.GetMethodDefinition(handle));

        Limit(il, limits.MostIlBytes, "bytes of IL", "the assembly");
        Limit(ArrayBytes(), limits.MostArrayBytes, "bytes of array data", "the assembly");
        for (int row = 1; row <= reader.GetTableRowCount(TableIndex.TypeRef); row++)
        {
            string name = NameOf(MetadataTokens.TypeReferenceHandle(row));
            if (!Types.Contains(name) && !name.StartsWith("System.Runtime.CompilerServices.", StringComparison.Ordinal)
                && !name.StartsWith("System.Reflection.", StringComparison.Ordinal) && !name.StartsWith("System.Diagnostics.", StringComparison.Ordinal))
                violations.Add("The assembly refers to " + name + ".");
        }

        if (reader.GetTableRowCount(TableIndex.GenericParam) + reader.GetTableRowCount(TableIndex.MethodSpec) > 0)
            violations.Add("The assembly has generics.");
    }

    private void CheckType(TypeDefinition type)
    {
        string name = reader.GetString(type.Name);
        bool isData = name.StartsWith('<') || name.StartsWith("__StaticArrayInitTypeSize", StringComparison.Ordinal);
        Limit(type.GetFields().Count, isData ? limits.MostDataFields : limits.MostMembers, "fields", name);
        Limit(type.GetMethods().Count, limits.MostMembers, "methods", name);
        if (isData)
            return;

        if (BaseName(type) is "System.ValueType")
            violations.Add(name + " is a structure.");

        foreach (var handle in type.GetFields())
        {
            var field = reader.GetFieldDefinition(handle);
            CheckSort(field.DecodeSignature(SortProvider.Instance, null!), name + "." + reader.GetString(field.Name));
        }
    }

    private string BaseName(TypeDefinition type) => type.BaseType.IsNil ? "" : NameOf(type.BaseType);

    private int ArrayBytes() => reader.FieldDefinitions.Select(handle => reader.GetFieldDefinition(handle))
        .Where(field => field.GetRelativeVirtualAddress() != 0).Sum(field => field.DecodeSignature(new DataSizes(reader), null!));

    private int CheckMethod(MethodDefinition method)
    {
        if (method.RelativeVirtualAddress == 0)
            return 0;

        string name = reader.GetString(reader.GetTypeDefinition(method.GetDeclaringType()).Name) + "." + reader.GetString(method.Name);
        var signature = method.DecodeSignature(SortProvider.Instance, null!);
        Limit(signature.ParameterTypes.Length, limits.MostMembers, "parameters", name);
        foreach (var parameter in signature.ParameterTypes.Add(signature.ReturnType))
            CheckSort(parameter, name);

        var body = image.GetMethodBody(method.RelativeVirtualAddress);
        Limit(body.MaxStack, limits.MostMembers, "entries on the stack", name);
        if (!body.LocalSignature.IsNil)
        {
            var locals = reader.GetStandaloneSignature(body.LocalSignature).DecodeLocalSignature(SortProvider.Instance, null!);
            Limit(locals.Length, limits.MostMembers, "locals", name);
            foreach (var local in locals)
                CheckSort(local, name);
        }

        byte[] il = body.GetILBytes()!;
        // Attributes are never made on a device.
        bool constructs = name.EndsWith("..cctor", StringComparison.Ordinal)
            || BaseName(reader.GetTypeDefinition(method.GetDeclaringType())) == "System.Attribute";
        var instructions = Instructions(il).ToArray();
        for (int i = 0; i < instructions.Length; i++)
            CheckInstruction(instructions[i], i + 1 < instructions.Length ? instructions[i + 1].Code : OpCodes.Nop, constructs, name);

        return il.Length;
    }

    private void CheckInstruction((OpCode Code, int Token) instruction, OpCode next, bool constructs, string method)
    {
        var (code, token) = instruction;
        bool isData = constructs && code == OpCodes.Ldtoken;
        if ((Banned.Contains(code) && !isData) || code.Name!.Contains(".ovf", StringComparison.Ordinal))
            violations.Add(method + " uses " + code.Name + ".");

        if (!constructs && (code == OpCodes.Newarr || (code == OpCodes.Newobj && next != OpCodes.Throw)))
            violations.Add(method + " allocates by " + code.Name + ".");

        if (code.OperandType is OperandType.InlineMethod or OperandType.InlineField or OperandType.InlineTok)
            CheckMember(MetadataTokens.EntityHandle(token), method);
    }

    private void CheckMember(EntityHandle handle, string method)
    {
        if (handle.Kind != HandleKind.MemberReference)
            return;

        var member = reader.GetMemberReference((MemberReferenceHandle)handle);
        if (member.Parent.Kind == HandleKind.TypeReference && !Members.Contains(NameOf(member.Parent) + "::" + reader.GetString(member.Name)))
            violations.Add(method + " uses " + NameOf(member.Parent) + "." + reader.GetString(member.Name) + ".");
    }

    private void CheckSort(string sort, string where)
    {
        if (sort.Length > 0)
            violations.Add(where + " has " + sort + ".");
    }

    private void Limit(int actual, int most, string what, string where)
    {
        if (actual > most)
            violations.Add(where + " has " + actual + " " + what + "; at most " + most + " are allowed.");
    }

    private string NameOf(EntityHandle handle) => handle.Kind switch
    {
        HandleKind.TypeReference => Qualified(
            reader.GetTypeReference((TypeReferenceHandle)handle).Namespace, reader.GetTypeReference((TypeReferenceHandle)handle).Name),
        HandleKind.TypeDefinition => Qualified(
            reader.GetTypeDefinition((TypeDefinitionHandle)handle).Namespace, reader.GetTypeDefinition((TypeDefinitionHandle)handle).Name),
        _ => "a constructed type",
    };

    private string Qualified(StringHandle scope, StringHandle name) => reader.GetString(scope) + "." + reader.GetString(name);

    private static IEnumerable<(OpCode Code, int Token)> Instructions(byte[] il)
    {
        for (int at = 0; at < il.Length;)
        {
            short value = il[at++];
            if (value == 0xFE)
                value = unchecked((short)(0xFE00 | il[at++]));

            var code = OpCodesByValue[value];
            int size = code.OperandType switch
            {
                OperandType.InlineNone => 0,
                OperandType.ShortInlineBrTarget or OperandType.ShortInlineI or OperandType.ShortInlineVar => 1,
                OperandType.InlineVar => 2,
                OperandType.InlineI8 or OperandType.InlineR => 8,
                OperandType.InlineSwitch => 4 + (4 * BitConverter.ToInt32(il, at)),
                _ => 4,
            };
            yield return (code, size == 4 ? BitConverter.ToInt32(il, at) : 0);
            at += size;
        }
    }

    /// <summary>What is wrong with a type of a local, parameter or field; empty where nothing is.</summary>
    private sealed class SortProvider : ISignatureTypeProvider<string, object>
    {
        public static readonly SortProvider Instance = new();

        public string GetPrimitiveType(PrimitiveTypeCode typeCode) => typeCode switch
        {
            PrimitiveTypeCode.UInt32 or PrimitiveTypeCode.UInt64 or PrimitiveTypeCode.UIntPtr or PrimitiveTypeCode.IntPtr => "an unsigned number of 32 or 64 bits",
            PrimitiveTypeCode.TypedReference => "a typed reference",
            _ => "",
        };

        public string GetTypeFromDefinition(MetadataReader reader, TypeDefinitionHandle handle, byte rawTypeKind) =>
            rawTypeKind == (byte)SignatureTypeKind.ValueType && !IsEnum(reader, reader.GetTypeDefinition(handle).BaseType) ? "a structure" : "";

        private static bool IsEnum(MetadataReader reader, EntityHandle type) => type.Kind == HandleKind.TypeReference
            && reader.GetString(reader.GetTypeReference((TypeReferenceHandle)type).Name) == "Enum";

        public string GetTypeFromReference(MetadataReader reader, TypeReferenceHandle handle, byte rawTypeKind) =>
            rawTypeKind == (byte)SignatureTypeKind.ValueType ? "a structure" : "";

        public string GetSZArrayType(string elementType) => elementType;

        public string GetByReferenceType(string elementType) => elementType;

        public string GetArrayType(string elementType, ArrayShape shape) => "an array of several dimensions";

        public string GetPointerType(string elementType) => "a pointer";

        public string GetPinnedType(string elementType) => "a pinned local";

        public string GetFunctionPointerType(MethodSignature<string> signature) => "a function pointer";

        public string GetGenericInstantiation(string genericType, ImmutableArray<string> typeArguments) => "a generic type";

        public string GetGenericMethodParameter(object genericContext, int index) => "a generic parameter";

        public string GetGenericTypeParameter(object genericContext, int index) => "a generic parameter";

        public string GetModifiedType(string modifier, string unmodifiedType, bool isRequired) => unmodifiedType;

        public string GetTypeFromSpecification(MetadataReader reader, object genericContext, TypeSpecificationHandle handle, byte rawTypeKind) => "a constructed type";
    }

    /// <summary>Bytes of initialised data, by the type of its field.</summary>
    private sealed class DataSizes(MetadataReader reader) : ISignatureTypeProvider<int, object>
    {
        public int GetPrimitiveType(PrimitiveTypeCode typeCode) => typeCode switch
        {
            PrimitiveTypeCode.Byte or PrimitiveTypeCode.SByte or PrimitiveTypeCode.Boolean => 1,
            PrimitiveTypeCode.Int16 or PrimitiveTypeCode.UInt16 or PrimitiveTypeCode.Char => 2,
            PrimitiveTypeCode.Int64 or PrimitiveTypeCode.UInt64 or PrimitiveTypeCode.Double => 8,
            _ => 4,
        };

        public int GetTypeFromDefinition(MetadataReader metadata, TypeDefinitionHandle handle, byte rawTypeKind) =>
            reader.GetTypeDefinition(handle).GetLayout().Size;

        public int GetTypeFromReference(MetadataReader metadata, TypeReferenceHandle handle, byte rawTypeKind) => 0;

        public int GetSZArrayType(int elementType) => elementType;

        public int GetByReferenceType(int elementType) => elementType;

        public int GetArrayType(int elementType, ArrayShape shape) => elementType;

        public int GetPointerType(int elementType) => elementType;

        public int GetPinnedType(int elementType) => elementType;

        public int GetFunctionPointerType(MethodSignature<int> signature) => 4;

        public int GetGenericInstantiation(int genericType, ImmutableArray<int> typeArguments) => genericType;

        public int GetGenericMethodParameter(object genericContext, int index) => 0;

        public int GetGenericTypeParameter(object genericContext, int index) => 0;

        public int GetModifiedType(int modifier, int unmodifiedType, bool isRequired) => unmodifiedType;

        public int GetTypeFromSpecification(MetadataReader metadata, object genericContext, TypeSpecificationHandle handle, byte rawTypeKind) => 0;
    }
}
