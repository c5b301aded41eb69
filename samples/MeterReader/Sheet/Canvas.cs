using System;

namespace MeterReader.Sheet;

/// <summary>An RGB colour, 8 bits a component.</summary>
internal readonly record struct Color(byte Red, byte Green, byte Blue);

/// <summary>A picture to draw on, 3 bytes a pixel, rows from top to bottom.</summary>
internal sealed class Canvas
{
    public Canvas(int width, int height, Color background)
    {
        Width = width;
        Height = height;
        Pixels = new byte[3 * width * height];
        Fill(0, 0, width, height, background);
    }

    public int Width { get; }

    public int Height { get; }

    /// <summary>Red, green, blue of the pixels of row 0, then of row 1, and so on.</summary>
    public byte[] Pixels { get; }

    public void Fill(int x, int y, int width, int height, Color color)
    {
        for (int row = y; row < y + height; row++)
        {
            for (int column = x; column < x + width; column++)
                Set(column, row, color);
        }
    }

    /// <summary>Draws a grey picture with its upper left corner at (x, y).</summary>
    public void DrawGray(int x, int y, int width, ReadOnlySpan<byte> gray)
    {
        for (int i = 0; i < gray.Length; i++)
            Set(x + (i % width), y + (i / width), new Color(gray[i], gray[i], gray[i]));
    }

    /// <summary>Draws text from its upper left corner on, a pixel of the font <paramref name="scale"/> pixels wide.</summary>
    public void DrawText(int x, int y, string text, int scale, Color color)
    {
        foreach (char character in text)
        {
            for (int row = 0; row < TinyFont.Height; row++)
            {
                for (int column = 0; column < TinyFont.Width; column++)
                {
                    if (TinyFont.HasInk(character, column, row))
                        Fill(x + (column * scale), y + (row * scale), scale, scale, color);
                }
            }

            x += TinyFont.Advance * scale;
        }
    }

    public static int TextWidth(string text, int scale) => (text.Length * TinyFont.Advance * scale) - scale;

    private void Set(int x, int y, Color color)
    {
        int at = 3 * ((y * Width) + x);
        Pixels[at] = color.Red;
        Pixels[at + 1] = color.Green;
        Pixels[at + 2] = color.Blue;
    }
}
