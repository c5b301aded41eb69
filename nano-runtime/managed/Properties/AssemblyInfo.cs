using System.Reflection;

[assembly: AssemblyTitle("QuantMcu.Nano")]
[assembly: AssemblyProduct("QuantMcu.Nano")]
[assembly: AssemblyCopyright("Apache License 2.0")]
[assembly: AssemblyVersion("1.0.0.0")]
[assembly: AssemblyFileVersion("1.0.0.0")]

// The version of the native half. It stands in firmware beside the checksum of the methods: it changes only with them.
[assembly: AssemblyNativeVersion("1.0.0.0")]
