using System.Collections.Generic;
using System.Collections.Immutable;
using System.Globalization;
using System.Linq;
using System.Text;
using QuantMcu.Compiler.Diagnostics;
using QuantMcu.Compiler.Graph;

namespace QuantMcu.Compiler.Calibration;

/// <summary>
/// The head of an .npy file: <c>\x93NUMPY</c>, two version bytes, the length of the text that follows (2 bytes in version 1,
/// 4 bytes later), and that text: a Python dictionary <c>{'descr': '|u1', 'fortran_order': False, 'shape': (64, 96, 96, 3), }</c>.
/// </summary>
/// <param name="Descr">Byte order and type: <c>&lt;f4</c>.</param>
/// <param name="ItemBytes">Bytes of one element.</param>
/// <param name="Shape">Every dimension is at least 1; the elements fill the rest of the file exactly.</param>
/// <param name="DataOffset">Where the elements start.</param>
internal sealed record NpyHeader(string Descr, int ItemBytes, Shape Shape, int DataOffset)
{
    private const int LongestText = 64 * 1024;

    /// <exception cref="ModelException">Not an .npy file, or one of a form that is not supported.</exception>
    public static NpyHeader Parse(byte[] file)
    {
        if (file.Length < 10 || file[0] != 0x93 || Encoding.ASCII.GetString(file, 1, 5) != "NUMPY")
            throw NotNpy("it does not start with the .npy signature");

        int version = file[6];
        if (version is < 1 or > 3)
            throw NotNpy("format version " + version + " is unknown");

        int textStart = version == 1 ? 10 : 12;
        if (file.Length < textStart)
            throw NotNpy("the header is cut short");

        long textLength = file[8] | (file[9] << 8);
        if (version > 1)
            textLength |= (long)((file[11] << 8) | file[10]) << 16;
        if (textLength > LongestText || textStart + textLength > file.Length)
            throw NotNpy("the header is cut short");

        string text = Encoding.UTF8.GetString(file, textStart, (int)textLength);
        return new DictionaryReader(text).Read(file.Length, textStart + (int)textLength);
    }

    private static ModelException NotNpy(string why) => new(RequestRules.NotNpy, why);

    private static ModelException Unsupported(string form, string remedy) => new(RequestRules.UnsupportedNpy, form, remedy);

    /// <summary>Reads the three entries, in any order, and nothing else of Python.</summary>
    private sealed class DictionaryReader
    {
        private readonly string text;
        private int position;
        private string? descr;
        private bool? fortranOrder;
        private List<long>? shape;

        public DictionaryReader(string text) => this.text = text;

        public NpyHeader Read(int fileLength, int dataOffset)
        {
            Expect('{');
            while (!Accept('}'))
            {
                ReadEntry();
                if (!Accept(','))
                {
                    Expect('}');
                    break;
                }
            }

            if (descr is null || fortranOrder is null || shape is null)
                throw NotNpy("the header lacks 'descr', 'fortran_order' or 'shape'");
            if (fortranOrder.Value)
                throw Unsupported("an array in Fortran order", "save numpy.ascontiguousarray(array)");

            int itemBytes = ItemBytes(descr);
            CheckSize(itemBytes, fileLength - dataOffset);
            return new NpyHeader(descr, itemBytes, new Shape(shape.Select(d => (int)d).ToImmutableArray()), dataOffset);
        }

        private void ReadEntry()
        {
            string key = QuotedString();
            Expect(':');
            if (key == "descr" && descr is null)
                descr = QuotedString();
            else if (key == "fortran_order" && fortranOrder is null)
                fortranOrder = Boolean();
            else if (key == "shape" && shape is null)
                shape = IntegerTuple();
            else
                throw NotNpy("the header has an unknown or repeated entry '" + key + "'");
        }

        private static int ItemBytes(string descr)
        {
            bool known = descr.Length == 3 && descr[1] is 'i' or 'u' or 'f' && descr[2] is '1' or '2' or '4' or '8';
            if (!known)
                throw Unsupported("elements of type '" + descr + "'", "plain integers or floats are expected");

            bool littleEndian = descr[0] == '<' || (descr[0] == '|' && descr[2] == '1');
            if (!littleEndian)
                throw Unsupported("big-endian elements '" + descr + "'", "save array.astype('<" + descr[1] + descr[2] + "')");

            return descr[2] - '0';
        }

        private void CheckSize(int itemBytes, int dataBytes)
        {
            if (shape!.Count > ModelLimits.Rank + 1)
                throw NotNpy("the shape has " + shape.Count + " axes");

            long bytes = itemBytes;
            foreach (long dimension in shape)
            {
                if (dimension == 0)
                    throw NotNpy("the array is empty");

                // Both factors are below 2^31, so the product cannot overflow before it is compared.
                bytes = dimension > int.MaxValue ? long.MaxValue : bytes * dimension;
                if (bytes > dataBytes)
                    break;
            }

            if (bytes != dataBytes)
                throw NotNpy("an array of shape " + string.Join("x", shape) + " does not have the file's " + dataBytes + " bytes of data");
        }

        private string QuotedString()
        {
            SkipSpaces();
            char quote = position < text.Length ? text[position] : '\0';
            int end = quote is '\'' or '"' ? text.IndexOf(quote, position + 1) : -1;
            if (end < 0)
                throw NotNpy("the header is not a dictionary of plain entries");

            string value = text.Substring(position + 1, end - position - 1);
            position = end + 1;
            return value;
        }

        private bool Boolean()
        {
            string word = Word();
            return word == "True" || (word == "False" ? false : throw NotNpy("'fortran_order' is neither True nor False"));
        }

        private List<long> IntegerTuple()
        {
            var values = new List<long>();
            Expect('(');
            while (!Accept(')'))
            {
                if (!long.TryParse(Word(), NumberStyles.None, CultureInfo.InvariantCulture, out long value))
                    throw NotNpy("'shape' is not a tuple of non-negative integers");

                values.Add(value);
                if (!Accept(','))
                {
                    Expect(')');
                    break;
                }
            }

            return values;
        }

        private string Word()
        {
            SkipSpaces();
            int start = position;
            while (position < text.Length && char.IsLetterOrDigit(text[position]))
                position++;

            return text.Substring(start, position - start);
        }

        private bool Accept(char symbol)
        {
            SkipSpaces();
            bool found = position < text.Length && text[position] == symbol;
            position += found ? 1 : 0;
            return found;
        }

        private void Expect(char symbol)
        {
            if (!Accept(symbol))
                throw NotNpy("the header lacks '" + symbol + "' at character " + position);
        }

        private void SkipSpaces()
        {
            while (position < text.Length && char.IsWhiteSpace(text[position]))
                position++;
        }
    }
}
