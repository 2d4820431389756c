import { isOperationName, operationOf } from '../../contract/contract.ts';
import type { StudioListener } from '../../contract/events.ts';
import { inWords } from '../../base/schema-words.ts';
import { StudioError } from '../../base/studio-error.ts';
import type { Domain } from '../../contract/contract.ts';
import type { HandlersOf } from './handlers.ts';

/** A picture or a document, as the studio answers a URL. */
export interface StudioResource {
  readonly status: number;
  readonly type: string;
  readonly body: Uint8Array;
  /** Seconds for which it stays the same; 0: ask again. */
  readonly maxAgeSeconds: number;
}

/** The studio as its two homes see it. Transports carry names, inputs and failures, and know nothing else. */
export interface Studio {
  /** Input and output are checked by the contract. Rejects with a `StudioError`, or with a fault of the program. */
  call(name: string, input: unknown): Promise<unknown>;
  subscribe(listener: StudioListener): () => void;
  /** Answers a GET below /pictures/ and /reports/, given as path and query: `/pictures/images/7?size=160`. */
  resource(url: string): Promise<StudioResource>;
  /** Stops jobs politely (a training saves a checkpoint), then closes the library. A second call waits for the first. */
  close(): Promise<void>;
}

/** Calls a handler by its name: the one place where inputs are parsed. */
export async function dispatch(handlers: HandlersOf<Domain>, name: string, input: unknown): Promise<unknown> {
  if (!isOperationName(name)) {
    throw new StudioError('bad-usage', `There is no operation "${name}".`, {
      remedy: 'Window and studio are of different versions: reload the window.',
    });
  }
  const operation = operationOf(name);
  const parsed = operation.input.safeParse(input);
  if (!parsed.success) {
    throw new StudioError('bad-usage', `${operation.title}: ${inWords(parsed.error)}.`, {
      remedy: 'Correct the value that is named.',
      details: { operation: name },
    });
  }
  const [domain, method] = name.split('.') as [Domain, string];
  const handler = (handlers[domain] as Readonly<Record<string, (input: unknown) => unknown>>)[method];
  return await handler(parsed.data);
}
