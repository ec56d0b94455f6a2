interface Option {
  value: string;
  label: string;
}

/** The options of a select. */
export function Options({ of }: { of: readonly Option[] | Record<string, string> }) {
  const options = Array.isArray(of) ? of : Object.entries(of).map(([value, label]) => ({ value, label }));
  return options.map(({ value, label }) => (
    <option key={value} value={value}>
      {label}
    </option>
  ));
}
