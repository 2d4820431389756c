import { z } from 'zod';

type WithoutDefaults<Fields extends z.ZodRawShape> = {
  [Key in keyof Fields]: Fields[Key] extends z.ZodDefault<infer Schema> ? Schema : Fields[Key];
};

/** The same fields, none of which may be missing. */
export function strictShape<Fields extends z.ZodRawShape>(fields: Fields): WithoutDefaults<Fields> {
  const entries = Object.entries(fields).map(([key, schema]) => [
    key,
    schema instanceof z.ZodDefault ? schema.unwrap() : schema,
  ]);
  return Object.fromEntries(entries) as WithoutDefaults<Fields>;
}

/** A configuration with the default of every field that has one and is missing. */
export function withDefaults(
  config: Readonly<Record<string, unknown>>,
  fields: z.ZodRawShape,
): Record<string, unknown> {
  const missing = Object.entries(fields).filter(
    ([key, schema]) => schema instanceof z.ZodDefault && config[key] === undefined,
  );
  return {
    ...config,
    ...Object.fromEntries(missing.map(([key, schema]) => [key, z.parse(schema, undefined)])),
  };
}
