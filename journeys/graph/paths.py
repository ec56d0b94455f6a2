"""Questions about the ways through a graph, answered without recursion: what is reached, what goes round in circles."""

from collections.abc import Collection, Iterable, Mapping, Sequence

Ways = Mapping[str, Sequence[tuple[str, str]]]
"""For each node its ways on, in order: outlet and target."""


def ways_of(edges: Iterable[tuple[str, str, str]]) -> dict[str, list[tuple[str, str]]]:
    """Group edges (source, outlet, target) by source."""
    ways: dict[str, list[tuple[str, str]]] = {}
    for source, outlet, target in edges:
        ways.setdefault(source, []).append((outlet, target))
    return ways


def reached_from(starts: Iterable[str], ways: Ways) -> set[str]:
    """Return every node that can be reached, the starts included."""
    due = list(starts)
    reached = set(due)
    while due:
        for _, target in ways.get(due.pop(), ()):
            if target not in reached:
                reached.add(target)
                due.append(target)
    return reached


def back_edges(starts: Iterable[str], ways: Ways) -> list[tuple[str, str]]:
    """Return the edges (source, outlet) that close a loop: in a depth-first walk they lead to a node on the way here."""
    found: list[tuple[str, str]] = []
    seen: set[str] = set()
    for start in starts:
        if start in seen:
            continue
        seen.add(start)
        trail = [(start, iter(ways.get(start, ())))]
        here = {start}
        while trail:
            node, rest = trail[-1]
            step = next(rest, None)
            if step is None:
                trail.pop()
                here.discard(node)
                continue
            outlet, target = step
            if target in here:
                found.append((node, outlet))
            elif target not in seen:
                seen.add(target)
                here.add(target)
                trail.append((target, iter(ways.get(target, ()))))
    return found


def chain_from(head: str, ways: Ways, stops: Collection[str]) -> list[str]:
    """Return the nodes from a head on, up to and including the first stop on each way."""
    found, due = [], [head]
    while due:
        node = due.pop(0)
        if node in found:
            continue
        found.append(node)
        if node not in stops:
            due += [target for _, target in ways.get(node, ())]
    return found
