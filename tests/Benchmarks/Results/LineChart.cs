using System;
using System.Collections.Generic;
using System.Globalization;
using System.Linq;
using System.Text;

namespace QuantMcu.Benchmarks.Results;

/// <summary>Points of a curve, in order; the label of a point says what made it.</summary>
internal sealed record Series(string Name, IReadOnlyList<(double X, double Y, string Label)> Points);

/// <summary>Curves as an SVG file that reads in light and in dark: series differ in colour and in the shape of their points.</summary>
internal static class LineChart
{
    private const int Width = 640, Height = 400, Left = 60, Right = 20, Top = 40, Bottom = 50;

    private static readonly string[] Shapes =
        ["M-4,-4H4V4H-4Z", "M0,-5L5,4H-5Z", "M-4,0A4,4 0 1 0 4,0A4,4 0 1 0 -4,0Z", "M0,-5L5,0L0,5L-5,0Z"];

    /// <param name="title">Above the chart.</param>
    /// <param name="xTitle">Below it.</param>
    /// <param name="yTitle">Beside it.</param>
    /// <param name="least">Points below are left out, and counted in the name of their series.</param>
    /// <param name="all">The curves.</param>
    public static string Of(string title, string xTitle, string yTitle, double least, IReadOnlyList<Series> all)
    {
        var series = all.Select(one => Above(one, least)).ToList();
        var points = series.SelectMany(one => one.Points).ToList();
        var x = Axis.Around(points.Select(point => point.X), Left, Width - Right);
        var y = Axis.Around(points.Select(point => point.Y), Height - Bottom, Top);
        var svg = new StringBuilder();
        svg.Append(CultureInfo.InvariantCulture, $"""
            <svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 {Width} {Height}" role="img" font-family="system-ui, sans-serif" font-size="11">
            <title>{title}</title>
            <style>
            svg{"{"}background:#fff;color:#1b2430{"}"} .s0{"{"}color:#1d4ed8{"}"} .s1{"{"}color:#b45309{"}"} .s2{"{"}color:#0f766e{"}"} .s3{"{"}color:#7e22ce{"}"}
            @media (prefers-color-scheme:dark){"{"}svg{"{"}background:#0f141b;color:#e6ebf2{"}"} .s0{"{"}color:#7fb0ff{"}"} .s1{"{"}color:#fbbf24{"}"}
            .s2{"{"}color:#2dd4bf{"}"} .s3{"{"}color:#d8b4fe{"}"}{"}"}
            </style>
            <text x="{Left}" y="16" fill="currentColor" font-size="13">{title}</text>

            """);
        Frame(svg, x, y, xTitle, yTitle);
        for (int i = 0; i < series.Count; i++)
            Curve(svg, series[i], i, x, y);

        return svg.Append("</svg>\n").ToString().ReplaceLineEndings("\n");
    }

    private static Series Above(Series series, double least)
    {
        var kept = series.Points.Where(point => point.Y >= least).ToList();
        int dropped = series.Points.Count - kept.Count;
        return new Series(dropped == 0 ? series.Name : series.Name + " (" + dropped + " below)", kept);
    }

    private static void Frame(StringBuilder svg, Axis x, Axis y, string xTitle, string yTitle)
    {
        foreach (double tick in x.Ticks)
        {
            svg.Append(CultureInfo.InvariantCulture, $"""
                <path d="M{x.Place(tick):F1},{Top}V{Height - Bottom}" stroke="currentColor" stroke-opacity="0.15" />
                <text x="{x.Place(tick):F1}" y="{Height - Bottom + 16}" text-anchor="middle" fill="currentColor">{tick:G6}</text>

                """);
        }

        foreach (double tick in y.Ticks)
        {
            svg.Append(CultureInfo.InvariantCulture, $"""
                <path d="M{Left},{y.Place(tick):F1}H{Width - Right}" stroke="currentColor" stroke-opacity="0.15" />
                <text x="{Left - 6}" y="{y.Place(tick) + 4:F1}" text-anchor="end" fill="currentColor">{tick:G6}</text>

                """);
        }

        svg.Append(CultureInfo.InvariantCulture, $"""
            <text x="{(Left + Width - Right) / 2}" y="{Height - 12}" text-anchor="middle" fill="currentColor">{xTitle}</text>
            <text transform="translate(14,{(Top + Height - Bottom) / 2}) rotate(-90)" text-anchor="middle" fill="currentColor">{yTitle}</text>

            """);
    }

    private static void Curve(StringBuilder svg, Series series, int index, Axis x, Axis y)
    {
        string shape = Shapes[index % Shapes.Length];
        svg.Append(CultureInfo.InvariantCulture, $"<g class=\"s{index}\" fill=\"currentColor\">\n");
        string line = string.Join(" ", series.Points.Select(point => string.Create(CultureInfo.InvariantCulture, $"{x.Place(point.X):F1},{y.Place(point.Y):F1}")));
        svg.Append(CultureInfo.InvariantCulture, $"<polyline points=\"{line}\" fill=\"none\" stroke=\"currentColor\" stroke-width=\"1.5\" />\n");
        foreach (var (pointX, pointY, label) in series.Points)
        {
            svg.Append(CultureInfo.InvariantCulture, $"""
                <path d="{shape}" transform="translate({x.Place(pointX):F1},{y.Place(pointY):F1})" />
                <text x="{x.Place(pointX) + 6:F1}" y="{y.Place(pointY) - 5:F1}" font-size="9">{label}</text>

                """);
        }

        svg.Append(CultureInfo.InvariantCulture, $"""
            <path d="{shape}" transform="translate({Left + 8 + (index * 140)},28)" />
            <text x="{Left + 18 + (index * 140)}" y="32">{series.Name}</text>
            </g>

            """);
    }

    /// <summary>An axis whose ticks are round numbers around the values.</summary>
    private sealed record Axis(double Low, double High, double Step, double From, double To)
    {
        public static Axis Around(IEnumerable<double> values, double from, double to)
        {
            double low = values.Min(), high = values.Max(), span = Math.Max(high - low, Math.Max(1e-6, Math.Abs(high) * 0.02));
            double power = Math.Pow(10, Math.Floor(Math.Log10(span / 4)));
            double step = new[] { 1.0, 2, 5, 10 }.Select(factor => factor * power).First(candidate => span / candidate <= 6);
            return new Axis(Math.Floor(low / step) * step, (Math.Floor(high / step) + 1) * step, step, from, to);
        }

        public IEnumerable<double> Ticks => Enumerable.Range(0, (int)Math.Round((High - Low) / Step) + 1).Select(i => Math.Round(Low + (i * Step), 9));

        public double Place(double value) => From + ((value - Low) / (High - Low) * (To - From));
    }
}
