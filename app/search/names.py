"""A parameter's name, with its chains and `_has`, and its values as a Node (https://hl7.org/fhir/R5/search.html#chaining,
#has). Raises UnknownParameter for a name that is not in the table, RequestError for anything else that is wrong.
"""

from collections.abc import Iterable
from difflib import get_close_matches

from app.errors import RequestError
from app.parameters.table import FHIR_TYPES, Parameter, parameters_of
from app.search.limits import DEEPEST, over
from app.search.query import Chain, Has, Node, Some, refuse
from app.search.values import Reader


class UnknownParameter(RequestError):
    """Nobody knows the name: refused, or ignored by `Prefer: handling=lenient`."""

    def __init__(self, diagnostics: str, name: str) -> None:
        super().__init__(400, "not-supported", diagnostics, name)


def unknown(name: str, where: str, known: Iterable[str]) -> UnknownParameter:
    names = sorted(known)
    near = get_close_matches(name.partition(":")[0], names, n=1, cutoff=0.6)
    guess = f"; did you mean '{near[0]}'?" if near else ""
    listed = f"known: {', '.join(names)}" if names else "it takes none"
    return UnknownParameter(f"'{name[:200]}' is not a parameter of {where}{guess or ';'} {listed}", name[:200])


class Names:
    """Reads names of one release."""

    def __init__(self, release: str, reader: Reader, controls: Iterable[str] = ()) -> None:
        self.release, self.reader, self.controls = release, reader, tuple(controls)

    def node(self, types: tuple[str, ...], name: str, text: str, whole: str = "", depth: int = 0) -> Node:
        """`whole` is the name as it was sent, for messages."""
        whole = whole or name
        if depth > DEEPEST:
            raise over(whole[:200], "references in a chain", name.count(".") + depth, DEEPEST)
        if name.startswith("_has:"):
            return self._has(types, name, text, whole, depth)
        head, dot, rest = name.partition(".")
        code, colon, modifier = head.partition(":")
        parameters = self.find(types, code, whole)
        if not dot:
            if parameters[0].reads in ("filter", "has", "type"):
                raise refuse("value", f"'{whole[:200]}' cannot stand here", whole[:200])
            return self.reader.test(parameters, modifier if colon else None, whole, text)
        return self._chain(parameters, modifier, rest, text, whole, depth)

    def find(self, types: tuple[str, ...], code: str, whole: str) -> tuple[Parameter, ...]:
        """The parameters of that name of all the types; of one kind, or the name is not one of all."""
        tables = [parameters_of(self.release, type) for type in types]
        found = tuple(dict.fromkeys(table[code] for table in tables if code in table))
        if not found or any(code not in table for table in tables) or len({one.kind for one in found}) > 1:
            common = set.intersection(*(set(table) for table in tables))
            where = "trials" if self.release == "v1" and types == ("ResearchStudy",) else " and ".join(types)
            outer = code == whole.partition(":")[0]
            raise unknown(whole if outer else code, where, (*common, *(self.controls if outer else ())))
        return found

    def references(self, type: str, code: str, whole: str, target: str | None = None) -> tuple[Parameter, ...]:
        found = self.find((type,), code, whole)
        if found[0].kind != "reference" or found[0].reads != "reference":
            raise refuse("value", f"'{whole[:200]}': {type}.{code} is no reference", whole[:200])
        if target is not None and target not in found[0].targets(self.release):
            leads = ", ".join(found[0].targets(self.release))
            raise refuse("value", f"'{whole[:200]}': {type}.{code} leads to {leads}, not to {target}", whole[:200])
        return found

    def _chain(
        self, parameters: tuple[Parameter, ...], modifier: str, rest: str, text: str, whole: str, depth: int
    ) -> Node:
        first = parameters[0]
        if first.kind != "reference" or first.reads != "reference":
            raise refuse(
                "value", f"'{whole[:200]}': '{first.code}' is no reference, so nothing follows it", whole[:200]
            )
        targets = tuple(type for type in first.targets(self.release) if type in FHIR_TYPES)
        if modifier and modifier not in first.targets(self.release):
            leads = ", ".join(first.targets(self.release))
            raise refuse("value", f"'{whole[:200]}': '{first.code}' leads to {leads}, not to {modifier}", whole[:200])
        chains: list[Node] = []
        refusal: RequestError | None = None
        for type in targets if not modifier else [one for one in targets if one == modifier]:
            try:
                inner = self.node((type,), rest, text, whole, depth + 1)
                chains.append(Chain(parameters, (type,), inner))
            except RequestError as error:  # of several types some may lack the name: the others are asked
                if refusal is None or isinstance(refusal, UnknownParameter):
                    refusal = error
        if not chains and refusal:
            raise refusal
        return chains[0] if len(chains) == 1 else Some(tuple(chains))

    def _has(self, types: tuple[str, ...], name: str, text: str, whole: str, depth: int) -> Node:
        parts = name.split(":", 3)
        if len(parts) != 4 or not all(parts):
            raise refuse(
                "value", f"'{whole[:200]}': expected _has:Type:reference:parameter, as in _has:Group:member:_id", whole
            )
        _, type, code, rest = parts
        if type not in FHIR_TYPES:
            raise refuse("value", f"'{whole[:200]}': '{type}' is not one of {', '.join(FHIR_TYPES)}", whole[:200])
        references = self.references(type, code, whole)
        if not set(references[0].targets(self.release)) & set(types):
            leads = ", ".join(references[0].targets(self.release))
            raise refuse("value", f"'{whole[:200]}': {type}.{code} leads to {leads}, not to {types[0]}", whole[:200])
        return Has(references, type, self.node((type,), rest, text, whole, depth + 1))
