/** A random id. Not `crypto.randomUUID`, which a page opened over plain HTTP from a phone does not have. */
export function randomId(): string {
  const bytes = crypto.getRandomValues(new Uint8Array(16));
  return Array.from(bytes, (byte) => byte.toString(16).padStart(2, '0')).join('');
}
