using System;
using System.Collections.Generic;

namespace MeterReader.Sheet;

/// <summary>One picture of the sheet and what was read from it.</summary>
/// <param name="Pixels">Gray, <see cref="PredictionSheet.ImageSize"/> squared.</param>
/// <param name="Prediction">What the network says.</param>
/// <param name="Label">What it is.</param>
internal sealed record Reading(ReadOnlyMemory<byte> Pixels, string Prediction, string Label)
{
    public bool IsRight => Prediction == Label;
}

/// <summary>Draws readings in a grid: green where the network is right, red and with the truth where it is not.</summary>
internal static class PredictionSheet
{
    public const int ImageSize = 96;

    private const int Gap = 8;
    private const int Frame = 2;
    private const int CaptionHeight = 30;
    private const int TitleHeight = 44;
    private const int TileWidth = ImageSize + (2 * Frame) + Gap;
    private const int TileHeight = ImageSize + (2 * Frame) + CaptionHeight + Gap;

    private static readonly Color Background = new(24, 27, 32);
    private static readonly Color Ink = new(230, 233, 238);
    private static readonly Color Right = new(74, 201, 126);
    private static readonly Color Wrong = new(255, 92, 92);

    public static Canvas Draw(string title, IReadOnlyList<Reading> readings, int columns)
    {
        int rows = (readings.Count + columns - 1) / columns;
        var canvas = new Canvas((columns * TileWidth) + Gap, TitleHeight + (rows * TileHeight) + Gap, Background);
        canvas.DrawText(Gap + Frame, (TitleHeight - (2 * TinyFont.Height) + Gap) / 2, title, scale: 2, Ink);
        for (int i = 0; i < readings.Count; i++)
            DrawTile(canvas, Gap + (i % columns * TileWidth), TitleHeight + (i / columns * TileHeight), readings[i]);

        return canvas;
    }

    private static void DrawTile(Canvas canvas, int x, int y, Reading reading)
    {
        var color = reading.IsRight ? Right : Wrong;
        int framed = ImageSize + (2 * Frame);
        canvas.Fill(x, y, framed, framed, color);
        canvas.DrawGray(x + Frame, y + Frame, ImageSize, reading.Pixels.Span);

        DrawCentred(canvas, x, y + framed + 4, Printed(reading.Prediction), 2, color);
        if (!reading.IsRight)
            DrawCentred(canvas, x, y + framed + 22, "IS " + Printed(reading.Label), 1, Ink);
    }

    private static void DrawCentred(Canvas canvas, int x, int y, string text, int scale, Color color) =>
        canvas.DrawText(x + ((TileWidth - Gap - Canvas.TextWidth(text, scale)) / 2), y, text, scale, color);

    private static string Printed(string label) => label.Replace('_', ' ');
}
