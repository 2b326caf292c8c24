"""What does it look like: plain tables in, one Altair chart out. One family a file; no stage is imported.

Rows are dicts, pictures are arrays (uint8, or 0 to 1), classes are names in the order of their numbers. Each function
returns an Altair chart with a title, an alt text and the one look of `theme.py`; all take `title=`.

    from tenfold.charts.curves import curves, overlay
    from tenfold.charts.confusion import confusion
    from tenfold.charts.export import save, svg, png

    curves(rows, best=None, measures=())                loss and accuracy by epoch: rows of metrics.jsonl
    overlay({run: rows}, measure="accuracy", kind="val_")          one measure of several runs
    confusion(counts, classes, rate=False, scale="sqrt", pictures=())
                                                        pictures: rows true, predicted (numbers), image, title
    theme.together(chart, chart, title=..., columns=1)  several as one

    save(chart, "curves.png", dark=False)               .png, .svg, .html (offline, can be clicked), .json
    svg(chart, dark=False) -> str                       for a page: alt text inside, ids that are no other chart's
    png(chart, scale=2, dark=False) -> bytes
    export.spec(chart, dark=False) -> dict              Vega-Lite, for a page that draws it with Vega's JavaScript
    export.javascript() -> str                          which is this, once a page: vegaEmbed(element, spec)
"""
