/** The part of JSON schema in which the options of formats are described. */

export interface OptionSchema {
  readonly kind: 'text' | 'number' | 'switch' | 'choice' | 'list' | 'group' | 'variants' | 'unknown';
  readonly choices: readonly string[];
  /** Of a group: its options by name. */
  readonly options: readonly {
    readonly name: string;
    readonly schema: OptionSchema;
    readonly isNeeded: boolean;
  }[];
  /** Of variants: groups that are told apart by `kind`. */
  readonly variants: readonly { readonly name: string; readonly schema: OptionSchema }[];
  readonly preset: unknown;
}

type Json = Readonly<Record<string, unknown>>;

const isObject = (value: unknown): value is Json =>
  typeof value === 'object' && value !== null && !Array.isArray(value);

const bare = { choices: [], options: [], variants: [], preset: undefined } as const;

/** What control an option needs. */
export function readSchema(schema: unknown): OptionSchema {
  if (!isObject(schema)) return { ...bare, kind: 'unknown' };
  const preset = schema.default;
  if (Array.isArray(schema.enum)) {
    return { ...bare, kind: 'choice', choices: schema.enum.map(String), preset };
  }
  const union = schema.oneOf ?? schema.anyOf;
  if (Array.isArray(union)) {
    const variants = union.flatMap((variant: unknown) => {
      const read = readSchema(variant);
      const name = constOf(variant);
      return read.kind === 'group' && name !== undefined ? [{ name, schema: read }] : [];
    });
    return { ...bare, kind: variants.length === union.length ? 'variants' : 'unknown', variants, preset };
  }
  switch (schema.type) {
    case 'string':
      return { ...bare, kind: 'text', preset };
    case 'number':
    case 'integer':
      return { ...bare, kind: 'number', preset };
    case 'boolean':
      return { ...bare, kind: 'switch', preset };
    case 'array':
      return { ...bare, kind: 'list', preset };
    case 'object':
      return { ...bare, kind: 'group', options: optionsOf(schema), preset };
    default:
      return { ...bare, kind: 'unknown', preset };
  }
}

function optionsOf({ properties, required }: Json): OptionSchema['options'] {
  if (!isObject(properties)) return [];
  const needed = new Set(Array.isArray(required) ? required.map(String) : []);
  return Object.entries(properties).flatMap(([name, property]) =>
    isObject(property) && property.const !== undefined
      ? []
      : [{ name, schema: readSchema(property), isNeeded: needed.has(name) }],
  );
}

/** The name by which a variant is told apart. */
function constOf(variant: unknown): string | undefined {
  const kind = isObject(variant) && isObject(variant.properties) ? variant.properties.kind : undefined;
  return isObject(kind) && typeof kind.const === 'string' ? kind.const : undefined;
}

/** "imageFolder" → "Image folder" */
export function wordsOf(name: string): string {
  const words = name
    .replaceAll(/[-_]/g, ' ')
    .replaceAll(/(?<=[a-z])(?=[A-Z])/g, ' ')
    .toLowerCase();
  return words.charAt(0).toUpperCase() + words.slice(1);
}

/** An object with one property set, or left out where it is undefined. */
export function withOption(object: Json, name: string, value: unknown): Json {
  const others = Object.fromEntries(Object.entries(object).filter(([other]) => other !== name));
  return value === undefined ? others : { ...others, [name]: value };
}

export const asObject = (value: unknown): Json => (isObject(value) ? value : {});
