/** The kinds of value that an attribute or a property holds, and the questions each can be asked. */

export type ValueType = 'text' | 'number' | 'boolean' | 'time' | 'list';

/** Something that a rule may ask about, with values that it has in the workspace's own data. */
export interface FieldHint {
  name: string;
  type: ValueType;
  values: unknown[];
}

export type Operator =
  | 'eq'
  | 'ne'
  | 'in'
  | 'not_in'
  | 'contains'
  | 'starts_with'
  | 'matches'
  | 'gt'
  | 'gte'
  | 'lt'
  | 'lte'
  | 'between'
  | 'before'
  | 'after'
  | 'within_last'
  | 'exists';

const EQUALITY: Operator[] = ['eq', 'ne', 'in', 'not_in'];

const BY_TYPE: Record<ValueType, Operator[]> = {
  text: [...EQUALITY, 'contains', 'starts_with', 'matches', 'exists'],
  number: ['eq', 'ne', 'gt', 'gte', 'lt', 'lte', 'between', 'in', 'not_in', 'exists'],
  boolean: ['eq', 'exists'],
  time: ['within_last', 'before', 'after', 'between', 'exists'],
  list: ['contains', 'exists'],
};

const ANY: Operator[] = [...EQUALITY, 'contains', 'starts_with', 'matches', 'gt', 'gte', 'lt', 'lte', 'between'];
const ALL: Operator[] = [...ANY, 'before', 'after', 'within_last', 'exists'];

/** The operators for a type; all of them where nothing is known of the data yet. */
export const operatorsFor = (type: ValueType | undefined): Operator[] => (type ? BY_TYPE[type] : ALL);

/** What an operator is compared with. */
export type Operand = 'one' | 'many' | 'range' | 'span' | 'time' | 'none';

export function operandOf(op: Operator): Operand {
  if (op === 'in' || op === 'not_in') return 'many';
  if (op === 'between') return 'range';
  if (op === 'within_last') return 'span';
  if (op === 'before' || op === 'after') return 'time';
  return op === 'exists' ? 'none' : 'one';
}

const NUMERIC: Operator[] = ['gt', 'gte', 'lt', 'lte'];

/** The type in which a value is typed: some operators leave no choice. */
export const typeFor = (op: Operator, type: ValueType | undefined): ValueType =>
  NUMERIC.includes(op) ? 'number' : type === 'list' ? 'text' : (type ?? 'text');

/** A value to begin with when the operator changes; what still fits is kept. */
export function valueFor(op: Operator, value: unknown, type: ValueType | undefined): unknown {
  const one = Array.isArray(value) ? value[0] : value;
  const isSpan = typeof one === 'string' && /^\d+[smhdw]$/.test(one);
  switch (operandOf(op)) {
    case 'many':
      return Array.isArray(value) ? value : isBlank(one) ? [] : [one];
    case 'range':
      return Array.isArray(value) && value.length === 2 ? value : type === 'time' ? ['', ''] : [0, 100];
    case 'span':
      return isSpan ? one : '30d';
    case 'time':
      return typeof one === 'string' && /^\d{4}-/.test(one) ? one : '';
    case 'none':
      return typeof one === 'boolean' ? one : true;
    default: {
      const wanted = typeFor(op, type);
      if (wanted === 'boolean') return typeof one === 'boolean' ? one : true;
      if (wanted === 'number') return readNumber(String(one ?? '')) ?? 0;
      return isSpan || typeof one === 'boolean' ? '' : (one ?? '');
    }
  }
}

const isBlank = (value: unknown) => value === undefined || value === null || value === '';

/** A number as somebody types it, or nothing while it is none. */
export function readNumber(text: string): number | undefined {
  const value = Number(text);
  return text.trim() === '' || Number.isNaN(value) ? undefined : value;
}

/** Typed text as a value of this type; a reference such as `{{ event.cart_id }}` stays as it is. */
export function readValue(text: string, type: ValueType): unknown {
  if (type !== 'number' || text.includes('{{')) return text;
  return readNumber(text) ?? text;
}
