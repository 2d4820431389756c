import { z } from 'zod';

/** What a form or a help page says about one field of the training configuration. */
export interface FieldDescription {
  readonly label: string;
  readonly help: string;
  readonly unit: string;
  /** What the paper uses, in words; empty where the paper has no such thing. */
  readonly paper: string;
  readonly group: FieldGroup;
  /** One of the few that everybody looks at; the rest stands under "Advanced". */
  readonly essential: boolean;
  readonly min?: number;
  readonly max?: number;
}

export type FieldGroup = 'networks' | 'losses' | 'history' | 'algorithm' | 'optimizer' | 'record' | 'guards';

type Text = Pick<FieldDescription, 'label' | 'help' | 'group'> &
  Partial<Pick<FieldDescription, 'unit' | 'paper' | 'essential'>>;

const descriptions = z.registry<FieldDescription>();

/** Puts on record what is said about a field; `range` is what its schema allows. */
export function describe<Schema extends z.ZodType>(
  schema: Schema,
  text: Text,
  range: Partial<Pick<FieldDescription, 'min' | 'max'>> = {},
): Schema {
  descriptions.add(schema, { unit: '', paper: '', essential: false, ...text, ...range });
  return schema;
}

export const integer = (min: number, max: number, text: Text) =>
  describe(z.int().min(min).max(max), text, { min, max });

export const number = (min: number, max: number, text: Text) =>
  describe(z.number().min(min).max(max), text, { min, max });

export const choice = <const Values extends readonly [string, ...string[]]>(values: Values, text: Text) =>
  describe(z.enum(values), text);

export const flag = (text: Text) => describe(z.boolean(), text);

/** An even number of at least 2. */
export const even = (max: number, text: Text) =>
  describe(
    z.int().min(2).max(max).multipleOf(2, { error: 'must be even: the buffer gives one half' }),
    text,
    { min: 2, max },
  );

/** The description of a field; undefined where `describe` was not called for its schema. */
export const descriptionOf = (schema: z.ZodType): FieldDescription | undefined => descriptions.get(schema);
