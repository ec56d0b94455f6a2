import { afterEach, beforeEach, expect, test, vi } from 'vitest';
import { throttle } from './throttle';

beforeEach(() => void vi.useFakeTimers());
afterEach(() => void vi.useRealTimers());

test('the first call is made at once, a burst after it becomes one call', () => {
  const call = vi.fn();
  const throttled = throttle(call, 500);
  for (let n = 0; n < 10; n += 1) throttled();
  expect(call).toHaveBeenCalledTimes(1);
  vi.advanceTimersByTime(500);
  expect(call).toHaveBeenCalledTimes(2);
  vi.advanceTimersByTime(5_000);
  expect(call).toHaveBeenCalledTimes(2);
});

test('nothing is called once it is cancelled', () => {
  const call = vi.fn();
  const throttled = throttle(call, 500);
  throttled();
  throttled();
  throttled.cancel();
  vi.advanceTimersByTime(5_000);
  expect(call).toHaveBeenCalledTimes(1);
});
