const SEPARATORS = [',', ';', '\t'] as const;

/** The separator that a file's first line has most of, outside quotes. */
function separatorOf(text: string): string {
  const unquoted = (text.split(/\r?\n/, 1)[0] ?? '').replace(/"[^"]*"/g, '');
  const times = (separator: string) => unquoted.split(separator).length;
  return SEPARATORS.toSorted((a, b) => times(b) - times(a))[0] ?? ',';
}

/** The first rows of a CSV file as cells. Quotes may hold separators, line ends and doubled quotes. */
export function rowsOf(text: string, most: number): string[][] {
  const plain = text.replace(/^\uFEFF/, '');
  const separator = separatorOf(plain);
  const rows: string[][] = [];
  let row: string[] = [];
  let cell = '';
  let quoted = false;
  const endCell = () => {
    row.push(cell.trim());
    cell = '';
  };
  const endRow = () => {
    endCell();
    if (row.some(Boolean)) rows.push(row);
    row = [];
  };
  for (let at = 0; at < plain.length && rows.length < most; at++) {
    const character = plain[at];
    if (quoted && character === '"' && plain[at + 1] === '"') {
      cell += '"';
      at++;
    } else if (character === '"') quoted = !quoted;
    else if (quoted) cell += character;
    else if (character === separator) endCell();
    else if (character === '\n') endRow();
    else cell += character;
  }
  if (rows.length < most && (cell || row.length)) endRow();
  return rows;
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
