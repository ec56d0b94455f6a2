import { Input, Select } from '@/components/ui/input';
import { Cell } from '@/components/ui/table';

const FIELDS: [field: string, label: string][] = [
  ['email', 'Email'],
  ['external_id', 'Your id'],
  ['first_name', 'First name'],
  ['last_name', 'Last name'],
  ['phone', 'Phone'],
  ['country', 'Country'],
  ['city', 'City'],
  ['time_zone', 'Time zone'],
  ['language', 'Language'],
  ['lifecycle', 'Lifecycle'],
  ['tags', 'Tags'],
];
const OWN = 'attribute';
const isStandard = (field: string) => FIELDS.some(([known]) => known === field);

interface Props {
  name: string;
  samples: string[];
  field: string;
  onField(field: string): void;
}

/** One column of a file: what it holds, and which field it fills. */
export function MappingRow({ name, samples, field, onField }: Props) {
  const choice = field === '' || isStandard(field) ? field : OWN;
  return (
    <tr className="rule-b">
      <Cell className="font-medium">{name}</Cell>
      <Cell className="max-w-44 truncate text-ink-3 text-xs">{samples.join(' · ') || '–'}</Cell>
      <Cell className="min-w-52">
        <span className="grid gap-1.5">
          <Select
            aria-label={`${name} becomes`}
            value={choice}
            onChange={({ target: { value } }) => onField(value === OWN ? name.trim() : value)}
          >
            <option value="">Leave it out</option>
            {FIELDS.map(([value, label]) => (
              <option key={value} value={value}>
                {label}
              </option>
            ))}
            <option value={OWN}>An attribute of your own</option>
          </Select>
          {choice === OWN && (
            <Input
              aria-label={`Attribute for ${name}`}
              value={field}
              onChange={(event) => onField(event.target.value)}
            />
          )}
        </span>
      </Cell>
    </tr>
  );
}
