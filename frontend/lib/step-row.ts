/** The keys of a table: its row is where the focus is. */

/** Goes a row up or down in the table of the page: its link gets the focus, so Enter opens it too. */
export function stepRow(step: 1 | -1): void {
  const rows = [...document.querySelectorAll<HTMLElement>('main tbody tr')].filter((row) => row.querySelector('a'));
  const at = rows.findIndex((row) => row.contains(document.activeElement));
  const next = at < 0 ? 0 : Math.min(rows.length - 1, Math.max(0, at + step));
  rows[next]?.querySelector('a')?.focus();
}

export const openRow = (): void => document.activeElement?.closest<HTMLElement>('main tbody tr a')?.click();
