import { Field } from '@/components/ui/field';
import { Select } from '@/components/ui/input';
import { TIME_ZONES } from '@/lib/time-zones';

/** The time zone of a workspace, as a field of its form. */
export function TimeZoneField({ initial, error }: { initial: string; error?: string }) {
  return (
    <Field label="Time zone" hint="For contacts whose own is not known." error={error}>
      {(wiring) => (
        <Select {...wiring} name="time_zone" defaultValue={initial}>
          {TIME_ZONES.map((zone) => (
            <option key={zone}>{zone}</option>
          ))}
        </Select>
      )}
    </Field>
  );
}
