"""Which layer of a network is fed from which, as a diagram shows it.

Layers are counted as in the layer table of `network.py`. What is no row there is gone through: an operation between
layers (a plus), the input of a model inside. A network whose graph Keras does not know, for it is code of somebody's
own, or that goes in a circle, for one layer is used several times in a row, has no wiring that could be drawn.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from graphlib import CycleError, TopologicalSorter
from typing import Any

from tenfold.backend import keras

Sources = frozenset[int]  # the rows that a tensor comes from
NOWHERE: Sources = frozenset()
Edges = list[tuple[int, int]]  # from the row that feeds to the row that is fed


class NoGraphError(Exception):
    """A model inside the network does not say how its layers are connected."""


def edges(model: Any) -> Edges | None:
    """The pairs of rows of `model`'s layer table that feed one another; None where there is no saying."""
    rows = {id(layer): row for row, layer in enumerate(layers_in_table(model))}
    found: set[tuple[int, int]] = set()
    try:
        followed(model, [NOWHERE] * len(graph_of(model).inputs), rows, found)
        feeds: dict[int, set[int]] = {}
        for begin, end in found:
            feeds.setdefault(end, set()).add(begin)
        TopologicalSorter(feeds).prepare()
    except (NoGraphError, CycleError):
        return None
    return sorted(found)


def layers_in_table(model: Any, *, inside: bool = False) -> Iterator[Any]:
    """The layers that are rows of the table, in its order."""
    for layer in model.layers:
        if isinstance(layer, keras.Model):
            yield from layers_in_table(layer, inside=True)
        elif not (inside and isinstance(layer, keras.layers.InputLayer)):
            yield layer


def graph_of(model: Any) -> Any:
    """The model as a graph of operations: itself, or what a `Sequential` has inside."""
    graph = getattr(model, "_functional", None) or model
    if not getattr(graph, "_nodes_by_depth", None):
        raise NoGraphError
    return graph


def followed(
    model: Any, given: Sequence[Sources], rows: Mapping[int, int], found: set[tuple[int, int]]
) -> list[Sources]:
    """Add to `found` what feeds what in `model`, whose inputs come from `given`; what its outputs come from."""
    graph = graph_of(model)
    if len(graph.inputs) != len(given):
        raise NoGraphError
    known = dict(zip(map(id, graph.inputs), given, strict=True))  # by tensor
    for depth in sorted(graph._nodes_by_depth, reverse=True):
        for node in graph._nodes_by_depth[depth]:
            layer, row = node.operation, rows.get(id(node.operation))
            before = [known[id(tensor)] for tensor in node.input_tensors]
            if isinstance(layer, keras.layers.InputLayer):
                before = [known[id(tensor)] for tensor in node.output_tensors]
            if isinstance(layer, keras.Model):
                after = followed(layer, before, rows, found)
            elif row is None:
                after = [NOWHERE.union(*before)] * len(node.output_tensors)
            else:
                found.update((begin, row) for sources in before for begin in sources)
                after = [frozenset([row])] * len(node.output_tensors)
            known.update(zip(map(id, node.output_tensors), after, strict=True))
    return [known[id(tensor)] for tensor in graph.outputs]
