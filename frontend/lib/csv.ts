/** The names in a CSV file's first line; quotes may hold commas, and the separator may be a semicolon or a tab. */
export function headerOf(text: string): string[] {
  const line = text.replace(/^\uFEFF/, '').split(/\r?\n/, 1)[0] ?? '';
  const unquoted = line.replace(/"[^"]*"/g, '');
  const times = (separator: string) => unquoted.split(separator).length;
  const separator = [',', ';', '\t'].sort((a, b) => times(b) - times(a))[0] ?? ',';
  const cells: string[] = [];
  let cell = '';
  let quoted = false;
  for (const character of line) {
    if (character === '"') quoted = !quoted;
    else if (character === separator && !quoted) {
      cells.push(cell.trim());
      cell = '';
    } else cell += character;
  }
  return [...cells, cell.trim()].filter(Boolean);
}

const SYNONYMS: Record<string, string> = {
  'e-mail': 'email',
  mail: 'email',
  'email address': 'email',
  firstname: 'first_name',
  'first name': 'first_name',
  lastname: 'last_name',
  'last name': 'last_name',
  surname: 'last_name',
  timezone: 'time_zone',
  'time zone': 'time_zone',
  tel: 'phone',
  userid: 'external_id',
  user_id: 'external_id',
  id: 'external_id',
};

/** Where a column most likely belongs: a standard field by its usual names, else an attribute of the same name. */
export function guessField(column: string): string {
  const name = column.toLowerCase();
  return SYNONYMS[name] ?? name.replace(/\s+/g, '_');
}
