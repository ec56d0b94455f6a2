/** One field at fault, as RFC 9457's `errors` names it. */
export interface FieldFault {
  pointer: string;
  message: string;
}

/** A refused request, read from `application/problem+json`. */
export class Problem extends Error {
  constructor(
    readonly status: number,
    readonly title: string,
    readonly detail?: string,
    readonly faults: FieldFault[] = [],
  ) {
    super(detail ?? title);
    this.name = 'Problem';
  }

  /** The message for one field of a form: pointers look like `/email` or `#/email`. */
  faultOf(field: string): string | undefined {
    return this.faults.find(({ pointer }) => pointer.split('/').filter(Boolean).at(-1) === field)?.message;
  }
}

/** Reads a failed response; a body that is no problem document still gives a sentence. */
export async function problemFrom(response: Response): Promise<Problem> {
  const body: Partial<Record<string, unknown>> = await response.json().catch(() => ({}));
  const title = typeof body.title === 'string' ? body.title : `The server answered ${response.status}`;
  const detail = typeof body.detail === 'string' ? body.detail : undefined;
  const faults = Array.isArray(body.errors) ? (body.errors as FieldFault[]) : [];
  return new Problem(response.status, title, detail, faults);
}

export const isProblem = (error: unknown, status: number): error is Problem =>
  error instanceof Problem && error.status === status;
