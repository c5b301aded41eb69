using System;
using System.Collections.Generic;

namespace QuantMcu.Compiler.Emit.CSharp;

/// <summary>Blocks inside one another, closed together, innermost first.</summary>
internal sealed class Scopes(Stack<IDisposable> scopes) : IDisposable
{
    public void Dispose()
    {
        while (scopes.Count > 0)
            scopes.Pop().Dispose();
    }
}
