using System;
using System.Collections.Generic;

namespace QuantMcu.Compiler.Reports.Html;

/// <summary>A table in a frame that scrolls sideways on narrow screens. The first column names the row.</summary>
internal sealed class Table
{
    private readonly HtmlWriter page;
    private readonly string[] classes;

    private Table(HtmlWriter page, string[] classes)
    {
        this.page = page;
        this.classes = classes;
    }

    /// <param name="page">Where to.</param>
    /// <param name="label">What the table is, for those who do not see it.</param>
    /// <param name="columns">Titles; with a leading '#' of numbers, with '~' of long text.</param>
    /// <param name="rows">Writes the rows.</param>
    public static void Write(HtmlWriter page, string label, IReadOnlyList<string> columns, Action<Table> rows)
    {
        page.Open("div", ("class", "wide"), ("tabindex", "0"), ("role", "region"), ("aria-label", label));
        page.Open("table").Open("thead").Open("tr");
        var classes = new string[columns.Count];
        for (int i = 0; i < classes.Length; i++)
        {
            classes[i] = columns[i][0] == '#' ? "n" : columns[i][0] == '~' ? "long" : "";
            page.Element("th", columns[i].TrimStart('#', '~'), ("scope", "col"), ("class", classes[i]));
        }

        page.Close().Close().Open("tbody");
        rows(new Table(page, classes));
        page.Close().Close().Close();
    }

    public void Row(params string[] cells) => Row(false, cells);

    public void Row(bool chosen, params string[] cells)
    {
        page.Open("tr", ("class", chosen ? "chosen" : ""));
        for (int i = 0; i < cells.Length; i++)
            Cell(i, cells[i]);

        page.Close();
    }

    /// <summary>A row whose last cell is a bar as long as a share of the longest.</summary>
    public void RowWithBar(double value, double longest, params string[] cells)
    {
        page.Open("tr");
        for (int i = 0; i < cells.Length; i++)
            Cell(i, cells[i]);

        page.Open("td", ("class", "long"), ("aria-hidden", "true"));
        page.Open("span", ("class", "bar"), ("style", "width:" + Figures.PlacePercent(value, longest))).Close();
        page.Close().Close();
    }

    private void Cell(int column, string text)
    {
        if (column == 0)
            page.Element("th", text, ("scope", "row"), ("class", classes[0]));
        else
            page.Element("td", text, ("class", classes[column]));
    }
}
