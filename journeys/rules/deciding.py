"""Which clause of a rule decided, and what it found, as SQL: the counterpart of `Verdict.deciding`, for traces of batches."""

from collections.abc import Sequence

from journeys.rules.language import All, AttributeRule, EventRule, LifecycleRule, Not, Rule, ScoreRule, Some
from journeys.rules.sql import SqlParams, compile_sql, count_sql, score_sql
from journeys.rules.sql_compare import contact_operand, event_operand

LONGEST_VALUE = 200


def branch_detail_sql(paths: Sequence[tuple[str, Rule]], params: SqlParams) -> str:
    """Return a step's detail for those at a branch of these outlets: the clause that let them in, and those that had not.

    It is over `p.path`, the number of the path that each took; a number past the last one is that of `else`.
    """
    matched, failed = [], ["CAST('[]' AS jsonb)"]
    for number, (outlet, rule) in enumerate(paths):
        decided = deciding_sql(rule, params)
        matched.append(f"WHEN {number} THEN {decided}")
        one = f"jsonb_build_array(jsonb_build_object('path', {params.bind(outlet, 'text')}) || {decided})"
        failed.append(f"CASE WHEN p.path > {number} THEN {one} ELSE '[]' END")
    return f"""jsonb_strip_nulls(jsonb_build_object(
        'matched', CASE p.path {" ".join(matched)} END, 'failed', nullif({" || ".join(failed)}, '[]')))"""


def deciding_sql(rule: Rule, params: SqlParams, path: str = "") -> str:
    """Return SQL for the innermost clause that settled a rule: `{"clause": JSON pointer, "value": text or null}`."""
    match rule:
        case All():
            return _first_that(rule.all, "NOT ", params, path, "all")
        case Some():
            return _first_that(rule.any, "", params, path, "any")
        case Not():
            return deciding_sql(rule.negated, params, f"{path}/not")
        case _:
            value = _value_sql(rule, params)
            return f"jsonb_build_object('clause', {params.bind(path, 'text')}, 'value', left({value}, {LONGEST_VALUE}))"


def _first_that(rules: Sequence[Rule], sign: str, params: SqlParams, path: str, kind: str) -> str:
    """Take the first clause that fails in an `all`, or holds in an `any`; where none does, all of them decided."""
    inner = [deciding_sql(rule, params, f"{path}/{kind}/{index}") for index, rule in enumerate(rules)]
    if len(inner) == 1:
        return inner[0]
    whens = [
        f"WHEN {sign}{compile_sql(rule, params)} THEN {decided}" for rule, decided in zip(rules, inner, strict=True)
    ]
    itself = f"jsonb_build_object('clause', {params.bind(path, 'text')})"
    return f"(CASE {' '.join(whens)} ELSE {itself} END)" if whens else itself


def _value_sql(rule: Rule, params: SqlParams) -> str:
    """Return what a clause looked at, as text; null where it is not one value."""
    match rule:
        case AttributeRule():
            stored = (
                event_operand(rule.event_path, params) if rule.event_path else contact_operand(rule.attribute, params)
            )
            return stored.text
        case LifecycleRule():
            return "c.lifecycle"
        case ScoreRule():
            return f"CAST(trim_scale({score_sql(rule.score.model, params)}) AS text)"
        case EventRule():
            return f"CAST({count_sql(rule, params)} AS text)"
        case _:
            return "CAST(NULL AS text)"
