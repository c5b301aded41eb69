using System;
using System.Security.Cryptography;
using System.Text;

namespace QuantMcu.Compiler.Reports.Html;

/// <summary>Style and script of a report, both inside the page. Colours come in a light and a dark set; print takes the light one.</summary>
internal static class PageStyle
{
    /// <summary>Opens what is folded before the page is printed; all else works without scripts.</summary>
    public const string Script =
        "addEventListener('beforeprint',function(){document.querySelectorAll('details').forEach(function(d){d.open=true})});";

    public const string Css = """

        :root{color-scheme:light dark;--page:#fff;--ink:#1b2430;--soft:#55606e;--line:#d5dbe3;--box:#f4f6f9;--accent:#1d4ed8;
        --b8:#1d4ed8;--b4:#0f766e;--b2:#b45309;--on:#fff;--rest:#c3ccd8;--rest-ink:#1b2430;--peak:#fde68a;--mark:#b91c1c}
        @media screen and (prefers-color-scheme:dark){:root{--page:#0f141b;--ink:#e6ebf2;--soft:#a3afbe;--line:#303a47;--box:#18202a;
        --accent:#7fb0ff;--b8:#7fb0ff;--b4:#2dd4bf;--b2:#fbbf24;--on:#0b1017;--rest:#3d4a5a;--rest-ink:#e6ebf2;--peak:#574a12;--mark:#fca5a5}}
        *{box-sizing:border-box}
        body{margin:0 auto;max-width:72rem;padding:1rem;background:var(--page);color:var(--ink);
        font:1rem/1.5 system-ui,-apple-system,"Segoe UI",Roboto,"DejaVu Sans",sans-serif;overflow-wrap:anywhere}
        h1{font-size:1.6rem;line-height:1.2;margin:.5rem 0}
        h2{font-size:1.2rem;margin:2rem 0 .5rem;border-bottom:1px solid var(--line);padding-bottom:.25rem}
        h3{font-size:1rem;margin:1.25rem 0 .25rem}
        p{margin:.5rem 0}
        .soft,figcaption{color:var(--soft);font-size:.875rem}
        .name{unicode-bidi:isolate;font-family:ui-monospace,SFMono-Regular,Menlo,"DejaVu Sans Mono",monospace;font-size:.9em}
        .cards{display:grid;grid-template-columns:repeat(auto-fill,minmax(8rem,1fr));gap:.5rem;margin:1rem 0;padding:0}
        .cards div{background:var(--box);border:1px solid var(--line);border-radius:.5rem;padding:.5rem .75rem}
        .cards dt{color:var(--soft);font-size:.8125rem}
        .cards dd{margin:0;font-size:1.2rem;font-weight:600;font-variant-numeric:tabular-nums}
        .cards dd small{display:block;font-weight:400;font-size:.8125rem;color:var(--soft)}
        .wide{overflow-x:auto}
        .wide:focus-visible,summary:focus-visible{outline:2px solid var(--accent);outline-offset:2px}
        table{border-collapse:collapse;width:100%;font-size:.875rem;font-variant-numeric:tabular-nums;overflow-wrap:normal}
        th,td{border-bottom:1px solid var(--line);padding:.3rem .5rem;text-align:left;vertical-align:top}
        thead th{white-space:nowrap;color:var(--soft);font-weight:600}
        tbody th{font-weight:400}
        td.n,th.n{text-align:right;white-space:nowrap}
        td.long,th.long{min-width:9rem;overflow-wrap:anywhere}
        tr.chosen{background:var(--box)}
        tr.chosen td:first-child,tr.chosen th{font-weight:600}
        .bar{display:block;height:.35rem;margin-bottom:.25rem;min-width:1px;background:var(--accent);border-radius:.1rem}
        figure{margin:.5rem 0}
        svg{display:block;width:100%;font:11px system-ui,-apple-system,"Segoe UI",Roboto,"DejaVu Sans",sans-serif}
        svg text{fill:var(--ink)}
        svg text.soft{fill:var(--soft);font-size:10px}
        .spine,.skip{fill:none;stroke:var(--soft);stroke-width:1.5}
        .skip{stroke-dasharray:3 2}
        .dot{fill:var(--page);stroke:var(--ink);stroke-width:1.5}
        .b8{fill:var(--b8)}.b4{fill:var(--b4)}.b2{fill:var(--b2)}
        .cell{fill:var(--box);stroke:var(--line)}
        svg text.on{fill:var(--on);font-weight:600;text-anchor:middle}
        svg text.head{text-anchor:middle;fill:var(--soft);font-size:10px}
        .grid{stroke:var(--line)}.grid.tail{stroke:var(--ink);stroke-width:2}
        .stage{fill:var(--box)}
        .peakrow{fill:var(--peak)}
        .buffer{fill:var(--rest);stroke:var(--page)}
        .buffer.peak{fill:var(--b8)}
        svg text.label{fill:var(--rest-ink);font-size:10px}
        svg text.label.peak{fill:var(--on)}
        svg text.upright{writing-mode:vertical-rl;dominant-baseline:central}
        .key{display:inline-block;width:.8rem;height:.8rem;border-radius:.15rem;vertical-align:-.1rem;margin-right:.3rem}
        .k8{background:var(--b8)}.k4{background:var(--b4)}.k2{background:var(--b2)}
        .legend span{white-space:nowrap;margin-right:1rem}
        .pair{display:grid;gap:0 2rem;grid-template-columns:minmax(0,1fr)}
        .picture{max-width:30rem}
        .picture image{image-rendering:pixelated}
        .tile{fill:none;stroke:#fff;stroke-opacity:.9}
        .tile.dark{stroke:#000}
        .tile.outlier{fill:#b91c1c;fill-opacity:.35}
        .reads{fill:none;stroke:#ffd60a;stroke-dasharray:4 3}
        svg text.tag{fill:#fff;stroke:#000;paint-order:stroke;text-anchor:middle;font-weight:600}
        details{margin:.5rem 0;border:1px solid var(--line);border-radius:.5rem;padding:.25rem .75rem}
        summary{cursor:pointer;padding:.25rem 0}
        ol{padding-left:2.5rem}
        @media (min-width:62rem){.pair{grid-template-columns:minmax(0,1fr) minmax(0,1fr)}}
        @media print{body{max-width:none;padding:0;font-size:10pt}.wide{overflow:visible}table{font-size:7.5pt}th,td{padding:.15rem .25rem}
        td.long,th.long{min-width:0}thead th{white-space:normal}tr,.cards div,h2,h3{break-inside:avoid}h2,h3,h2+p,h3+p{break-after:avoid}
        .pair{grid-template-columns:minmax(0,1fr)}
        *{-webkit-print-color-adjust:exact;print-color-adjust:exact}}

        """;

    /// <summary>Nothing is loaded from anywhere, and no script runs but ours.</summary>
    public static string ContentSecurityPolicy =>
        "default-src 'none'; style-src 'unsafe-inline'; img-src data:; script-src 'sha256-" + Sha256(Script) + "'; base-uri 'none'; form-action 'none'";

    private static string Sha256(string text)
    {
        using var sha = SHA256.Create();
        return Convert.ToBase64String(sha.ComputeHash(Encoding.UTF8.GetBytes(text)));
    }
}
