import { z } from 'zod';

/** One thing that can be asked of the studio: what goes in, what comes out. Types are inferred from the schemas. */
export interface Operation<
  Input extends z.ZodType = z.ZodType,
  Output extends z.ZodType = z.ZodType,
  Kind extends OperationKind = OperationKind,
> {
  /** In a few words, for logs and the palette: "Start training". */
  readonly title: string;
  /** A query changes nothing; an action does. */
  readonly kind: Kind;
  readonly input: Input;
  readonly output: Output;
}

type OperationKind = 'query' | 'action';

export function query<Input extends z.ZodType, Output extends z.ZodType>(
  title: string,
  input: Input,
  output: Output,
): Operation<Input, Output, 'query'> {
  return { title, kind: 'query', input, output };
}

export function action<Input extends z.ZodType, Output extends z.ZodType>(
  title: string,
  input: Input,
  output: Output,
): Operation<Input, Output, 'action'> {
  return { title, kind: 'action', input, output };
}

/** Nothing goes in. */
export const nothing = z.strictObject({});

/** Nothing comes out but that it was done. */
export const done = z.strictObject({});

/** A row's number in the library. */
export const id = z.int().positive();

/** ISO 8601, UTC. */
export const timestamp = z.iso.datetime();
