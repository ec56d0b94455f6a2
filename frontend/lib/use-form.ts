'use client';

import { type FormEvent, useState } from 'react';
import { isProblem, Problem } from './api/problem';

export interface Submission {
  busy: boolean;
  /** What is wrong with the whole, when no field is to blame. */
  error: string | null;
  faultOf(field: string): string | undefined;
  onSubmit(event: FormEvent<HTMLFormElement>): void;
}

/** Sends a form's fields by name. The server is the only judge: its faults are shown at the fields they point to. */
export function useForm(send: (fields: Record<string, string>) => Promise<unknown>): Submission {
  const [busy, setBusy] = useState(false);
  const [problem, setProblem] = useState<Problem | null>(null);
  const onSubmit = async (event: FormEvent<HTMLFormElement>) => {
    event.preventDefault();
    const fields = Object.fromEntries(new FormData(event.currentTarget)) as Record<string, string>;
    setBusy(true);
    setProblem(null);
    try {
      await send(fields);
    } catch (error) {
      setProblem(error instanceof Problem ? error : new Problem(0, 'This did not work', String(error)));
    } finally {
      setBusy(false);
    }
  };
  const isFieldFault = problem && (isProblem(problem, 422) || isProblem(problem, 400)) && problem.faults.length > 0;
  return {
    busy,
    error: problem && !isFieldFault ? problem.message : null,
    faultOf: (field) => problem?.faultOf(field),
    onSubmit: (event) => void onSubmit(event),
  };
}
