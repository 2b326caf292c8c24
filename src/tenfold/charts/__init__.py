"""What does it look like: plain tables in, one Altair chart out. One family a file; no stage is imported.

Rows are dicts, pictures are arrays (uint8, or 0 to 1), classes are names in the order of their numbers. Each function
returns an Altair chart with a title, an alt text and the one look of `theme.py`; all take `title=`.

    from tenfold.charts.curves import curves
    from tenfold.charts.export import save

    save(curves(run.metrics), "curves.png")

curves.py         curves(rows, best=None, measures=())            loss and accuracy by epoch: rows of metrics.jsonl
                  overlay({run: rows}, measure="accuracy", kind="val_")            one measure of several runs
confusion.py      confusion(counts, classes, rate=False, scale="sqrt", pictures=())
                                                                  pictures: rows true, predicted (numbers), image, title
roc.py            roc(rows), precision_recall(rows)               the tables of evaluation/curves.py
calibration.py    reliability(rows), confidence_histogram(rows), abstain(rows)
classes.py        per_class(rows)                                 name, precision, recall, f1, support
                  class_counts({split: {class: count}})
gallery.py        gallery(rows, columns=5, side=None, subtitle="")         image, title, below, right (False: a mistake)
                  filters(weights), activations(maps)             (pictures, height, width) or with channels
                  saliency(image, values)
probabilities.py  probabilities(values, classes, image=None, true=None)
histograms.py     weights(rows)                                   layer, weight, epoch, min, max, counts: run.weights
layers.py         layers(nodes, edges=None)                       name, kind, output_shape, parameters, arithmetic;
                                                                  edges: pairs of places in nodes, a chain without
comparison.py     accuracies(rows, of=None)                        run, accuracy, accuracy_low, accuracy_high
theme.py          together(chart, chart, title=..., columns=1)    several as one

export.py         save(chart, path, dark=False)                   .png, .svg, .html (offline, can be clicked), .json
                  save_several(charts, path, title)               the same; in a page beside one another
                  svg(chart, dark=False) -> str                   for a page: alt text inside, ids of its own
                  png(chart, scale=2, dark=False) -> bytes
                  spec(chart, dark=False) -> dict                 Vega-Lite, for a page that draws it itself with
                  javascript() -> str                             this, once a page: vegaEmbed(element, spec)
"""
