/** Completing merge tags while a text with Liquid is typed. */

export interface OpenTag {
  /** Where the name begins. */
  start: number;
  /** What is typed of it so far. */
  query: string;
}

/** The merge tag that the caret stands in, while its name is being typed. */
export function openTag(text: string, caret: number): OpenTag | null {
  const found = /\{\{-?\s*([\w.$-]*)$/.exec(text.slice(0, caret));
  return found ? { start: caret - (found[1]?.length ?? 0), query: found[1] ?? '' } : null;
}

export interface Typed {
  text: string;
  caret: number;
}

/** The text with a name put into its open tag, closed unless it was already. */
export function complete(text: string, caret: number, { start }: OpenTag, name: string): Typed {
  const after = text.slice(caret).replace(/^[\w.$-]*/, '');
  const closing = /^\s*(\||-?\}\})/.test(after) ? '' : ' }}';
  const space = text.slice(0, start).endsWith('{') ? ' ' : '';
  const before = `${text.slice(0, start)}${space}${name}${closing}`;
  return { text: before + after, caret: before.length };
}

/** The text with a whole tag put in at the caret. */
export function insertTag(text: string, caret: number, name: string): Typed {
  const before = `${text.slice(0, caret)}{{ ${name} }}`;
  return { text: before + text.slice(caret), caret: before.length };
}

/** The names that fit what is typed, those that begin with it first. */
export function matching(names: readonly string[], query: string, most = 8): string[] {
  const wanted = query.toLowerCase();
  const fits = names.filter((name) => name.toLowerCase().includes(wanted));
  const begins = (name: string) => (name.toLowerCase().startsWith(wanted) ? 0 : 1);
  return fits.sort((a, b) => begins(a) - begins(b)).slice(0, most);
}
