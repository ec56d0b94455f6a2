import { count } from '@/lib/format';

const WIDTH = 84;
const HEIGHT = 24;
const GAP = 2;

/** A number over the last days as small bars, the newest to the right; the words say what the bars cannot. */
export function Sparkline({ days, noun }: { days: readonly number[]; noun: string }) {
  const most = Math.max(1, ...days);
  const step = WIDTH / days.length;
  const total = days.reduce((sum, n) => sum + n, 0);
  return (
    <svg
      role="img"
      aria-label={`${count(total, noun, noun)} in ${days.length} days, ${days.at(-1) ?? 0} of them today`}
      width={WIDTH}
      height={HEIGHT}
      className="block"
    >
      {days.map((n, day) => {
        const height = n === 0 ? 1 : Math.max(2, (n / most) * HEIGHT);
        return (
          <rect
            // biome-ignore lint/suspicious/noArrayIndexKey: a day is its place.
            key={day}
            x={day * step}
            y={HEIGHT - height}
            width={step - GAP}
            height={height}
            rx={1}
            className={n === 0 ? 'fill-line-strong' : 'fill-accent'}
          />
        );
      })}
    </svg>
  );
}
