using System.Collections.Generic;
using System.Linq;
using Spectre.Console;

namespace Toa.Tool.Output;

/// <summary>The tables of this tool: with borders on a terminal, otherwise only columns.</summary>
internal static class Tables
{
    public static Table Create(Terminal terminal) =>
        new Table().Border(terminal.IsInteractive ? TableBorder.Rounded : TableBorder.None);

    public static Table Add(this Table table, string name, bool isNumber = false) =>
        table.AddColumn(new TableColumn(Markup.Escape(name))
        {
            Alignment = isNumber ? Justify.Right : Justify.Left,
            NoWrap = true,
        });

    public static void AddPlainRow(this Table table, IEnumerable<string> cells) =>
        table.AddRow(cells.Select(cell => new Text(cell)));
}
