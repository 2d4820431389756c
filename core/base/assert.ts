/** Makes a switch over a union exhaustive: a new member fails to compile where it is not handled. */
export function assertNever(value: never, what = 'value'): never {
  throw new Error(`Unexpected ${what}: ${JSON.stringify(value)}`);
}
