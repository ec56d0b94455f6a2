const known = Intl.supportedValuesOf('timeZone');

/** Every IANA zone the browser knows, with UTC first. */
export const TIME_ZONES = ['UTC', ...known.filter((zone) => zone !== 'UTC')];

export const browserTimeZone = (): string => Intl.DateTimeFormat().resolvedOptions().timeZone;
