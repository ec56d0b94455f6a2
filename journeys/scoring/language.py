"""What a scoring model says: rules, and the points that each gives while it holds."""

from pydantic import Field, TypeAdapter, ValidationError, field_validator

from journeys.errors import InvalidInput
from journeys.rules.language import Rule, ScoreRule, SegmentRule, has_references, rule_faults, walk
from journeys.rules.operators import Number, Part
from journeys.rules.sql import SqlParams, compile_sql

MOST_RULES = 100


class PointsRule(Part):
    """Points, negative ones too, for as long as a rule holds."""

    label: str | None = Field(None, max_length=100)
    rule: Rule
    points: Number

    @field_validator("rule")
    @classmethod
    def _stands_alone(cls, rule: Rule) -> Rule:
        if has_references(rule):
            raise ValueError("a score cannot refer to an enrollment's event or messages")
        if any(isinstance(part, SegmentRule | ScoreRule) for part in walk(rule)):
            raise ValueError("a score cannot look at segments or scores, for those look at scores")
        return rule


_RULES: TypeAdapter[list[PointsRule]] = TypeAdapter(list[PointsRule])


def parse_points(data: object) -> list[PointsRule]:
    """Return the rules of a model.

    Raises:
        InvalidInput: they are none; each fault points at the field.
    """
    try:
        rules = _RULES.validate_python(data)
    except ValidationError as error:
        raise InvalidInput("these are no scoring rules", rule_faults(error)) from error
    if len(rules) > MOST_RULES:
        raise InvalidInput(f"a model has at most {MOST_RULES} rules")
    return rules


def dump_points(rules: list[PointsRule]) -> list[object]:
    """Return the JSON of a model's rules, with only what was said."""
    return [rule.model_dump(mode="json", exclude_unset=True) for rule in rules]


def points_sql(rules: list[PointsRule], params: SqlParams) -> str:
    """Return the sum of points of contact `c`, as SQL."""
    zero = "CAST(0 AS numeric)"
    return " + ".join(
        [zero]
        + [
            f"CASE WHEN {compile_sql(rule.rule, params)} THEN {params.bind(str(rule.points), 'numeric')} ELSE {zero} END"
            for rule in rules
        ]
    )
