// What programs of the samples use of nanoFramework.ResourceManager.
namespace System.Resources
{
    public class ResourceManager
    {
        public ResourceManager(string baseName, System.Reflection.Assembly assembly) { }
    }
}

namespace nanoFramework.Runtime.Native
{
    public static class ResourceUtility
    {
        public static object GetObject(System.Resources.ResourceManager rm, System.Enum id) => null;
        public static object GetObject(System.Resources.ResourceManager rm, System.Enum id, int offset, int length) => null;
    }
}
