// What the custom tool of Resources.resx writes: the number of a resource follows from its name.
namespace NanoMeter
{
    internal partial class Resources
    {
        private static System.Resources.ResourceManager manager;

        internal static System.Resources.ResourceManager ResourceManager
        {
            get
            {
                if (manager == null)
                {
                    manager = new System.Resources.ResourceManager("NanoMeter.Resources", typeof(Resources).Assembly);
                }

                return manager;
            }
        }

        [System.SerializableAttribute()]
        internal enum BinaryResources : short
        {
            SmallWeights = 5248,
            Weights = 6951,
        }
    }
}
