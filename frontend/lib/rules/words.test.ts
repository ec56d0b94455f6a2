import { expect, test } from 'vitest';
import { parseRule } from './parse';
import { describeRule } from './words';

test.each([
  [{ attribute: 'country', op: 'in', value: ['DE', 'AT'] }, 'country is one of DE, AT'],
  [{ attribute: 'orders', op: 'between', value: [1, 5] }, 'orders is between 1 and 5'],
  [{ attribute: 'phone', op: 'exists' }, 'phone is known'],
  [
    { event: 'Order Completed', op: 'at_least', count: 2, within: '30d' },
    'did Order Completed at least 2 times in the last 30 days',
  ],
  [{ event: 'Order Completed', op: 'never' }, 'never did Order Completed'],
  [{ event: 'Cart Seen', within: '1h' }, 'did Cart Seen in the last hour'],
  [{ event: 'Cart Seen', within: 'a while' }, 'did Cart Seen in the last a while'],
  [{ attribute: 'seen_at', op: 'within_last', value: '7d' }, 'seen at is within the last 7 days'],
  [{ event: 'Order Completed', where: { cart_id: 'c1' } }, 'did Order Completed where cart_id is c1'],
  [{ not: { lifecycle: 'customer' } }, 'not (lifecycle is customer)'],
  [{ message: { action: 'opened' } }, 'opened a mail'],
  [
    { all: [{ lifecycle: 'mql' }, { any: [{ subscribed: 'news' }, { segment: '1' }] }] },
    'lifecycle is mql and (is subscribed to news or is in a segment)',
  ],
  [{}, '{}'],
  [null, 'everyone'],
])('%j reads as words', (rule, words) => {
  expect(describeRule(rule)).toBe(words);
});

test('text that is no rule says what is wrong', () => {
  expect(parseRule('{"all": [').fault).toMatch(/not JSON yet/);
  expect(parseRule('[1]').fault).toMatch(/A rule is an object/);
  expect(parseRule('{"lifecycle": "mql"}')).toEqual({ rule: { lifecycle: 'mql' } });
});
