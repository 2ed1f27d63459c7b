"""Runs a trained graph's nodes one after another; dask, made for parallel training, costs more than most nodes."""

from typing import Any

from rasa.engine.graph import GraphNode, GraphSchema
from rasa.engine.runner.dask import DaskGraphRunner


class SequentialRunner:
    """Answers `run` like the DaskGraphRunner it takes its loaded nodes from; orders are worked out once per target."""

    def __init__(self, loaded: DaskGraphRunner) -> None:
        self._schema: GraphSchema = loaded._graph_schema
        self._nodes: dict[str, GraphNode] = loaded._instantiated_nodes
        self._orders: dict[tuple[str, ...], tuple[str, ...]] = {}

    @property
    def nodes(self) -> tuple[GraphNode, ...]:
        """Return the loaded nodes."""
        return tuple(self._nodes.values())

    def run(self, inputs: dict[str, Any] | None = None, targets: list[str] | None = None) -> dict[str, Any]:
        """Return the outputs of the targets; inputs stand for the nodes of their name."""
        wanted = tuple(targets or self._schema.target_names)
        if wanted not in self._orders:
            self._orders[wanted] = self._order(wanted)
        results: dict[str, tuple[str, Any]] = {name: (name, value) for name, value in (inputs or {}).items()}
        for name in self._orders[wanted]:
            if name not in results:
                needs = self._schema.nodes[name].needs.values()
                results[name] = self._nodes[name](*(results[need] for need in needs))
        return {name: results[name][1] for name in wanted}

    def _order(self, targets: tuple[str, ...]) -> tuple[str, ...]:
        """Return the nodes that the targets rest on, each after what it needs."""
        ordered: dict[str, None] = {}

        def visit(name: str) -> None:
            if name in ordered or name not in self._schema.nodes:  # a placeholder is given as input
                return
            for need in self._schema.nodes[name].needs.values():
                visit(need)
            ordered[name] = None

        for target in targets:
            visit(target)
        return tuple(ordered)
