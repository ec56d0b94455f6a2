/** Calls at once, then at most once every `ms`, always ending with a call after the last request. */
export function throttle(call: () => void, ms: number): (() => void) & { cancel(): void } {
  let timer: ReturnType<typeof setTimeout> | null = null;
  let asked = false;
  const settle = () => {
    timer = asked ? setTimeout(settle, ms) : null;
    if (asked) call();
    asked = false;
  };
  const throttled = () => {
    if (timer) {
      asked = true;
      return;
    }
    call();
    timer = setTimeout(settle, ms);
  };
  throttled.cancel = () => {
    if (timer) clearTimeout(timer);
    timer = null;
    asked = false;
  };
  return throttled;
}
