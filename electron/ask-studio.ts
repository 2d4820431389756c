import type { InputOf, OperationName, OutputOf } from '../core/contract/contract.ts';
import type { Studio } from '../core/studio/service/studio.ts';

/** Calls the studio from the main process itself, with the types of the contract. */
export async function askStudio<Name extends OperationName>(
  studio: Pick<Studio, 'call'>,
  name: Name,
  input: InputOf<Name>,
): Promise<OutputOf<Name>> {
  return (await studio.call(name, input)) as OutputOf<Name>;
}
