"""What JSON documents hold: the names in them, the type of each, and the values that come up most."""

from dataclasses import dataclass
from typing import Any, Literal

from sqlalchemy import text
from sqlalchemy.ext.asyncio import AsyncSession

FieldType = Literal["text", "number", "boolean", "time", "list"]

_MOST_NAMES = 300
_MOST_VALUES = 20
_LONGEST_VALUE = 80


@dataclass(frozen=True)
class FieldHint:
    """A name, the type that most of its values have, and its most frequent values; of a list, those of its items."""

    name: str
    type: FieldType
    values: list[Any]


async def list_field_hints(session: AsyncSession, documents: str, parameters: dict[str, Any]) -> list[FieldHint]:
    """Return what is in the documents that a SELECT of one JSON column named `document` yields, by name.

    Values that come up only once are left out where there are many: they are names and addresses.
    """
    query = text(f"""
        WITH items AS (
          SELECT field.key AS name, item.value, CASE jsonb_typeof(field.value)
              WHEN 'string' THEN CASE WHEN field.value #>> '{{}}' ~ '^[12]\\d{{3}}-[01]\\d-[0-3]\\d([T ]|$)'
                                      THEN 'time' ELSE 'text' END
              WHEN 'array' THEN 'list' ELSE jsonb_typeof(field.value) END AS type
          FROM ({documents}) AS recent, jsonb_each(document) AS field,
               jsonb_array_elements(CASE jsonb_typeof(field.value) WHEN 'array' THEN field.value
                                    ELSE jsonb_build_array(field.value) END) AS item
          WHERE jsonb_typeof(field.value) NOT IN ('null', 'object')
        ), counted AS (
          SELECT name, type, value, count(*) AS n FROM items GROUP BY name, type, value
        ), ranked AS (
          SELECT name, value, n, count(*) OVER (PARTITION BY name) AS different,
                 row_number() OVER (PARTITION BY name ORDER BY n DESC, value) AS place
          FROM counted WHERE jsonb_typeof(value) NOT IN ('null', 'object', 'array')
                         AND length(value #>> '{{}}') BETWEEN 1 AND {_LONGEST_VALUE}
        )
        SELECT name, (array_agg(type ORDER BY n DESC))[1] AS type, (
            SELECT array_agg(value ORDER BY place) FROM ranked r
            WHERE r.name = types.name AND place <= {_MOST_VALUES} AND (n > 1 OR different <= {_MOST_VALUES})
          ) AS values
        FROM (SELECT name, type, sum(n) AS n FROM counted GROUP BY name, type) AS types
        GROUP BY name ORDER BY sum(n) DESC, name LIMIT {_MOST_NAMES}
    """)
    rows = await session.execute(query, parameters)
    return [FieldHint(name, type_, list(values or ())) for name, type_, values in rows]
