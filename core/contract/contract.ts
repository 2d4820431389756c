import type { z } from 'zod';
import type { StudioListener } from './events.ts';
import type { Operation } from './operation.ts';
import { datasetOperations, importOperations, simulateOperations } from './operations/datasets.ts';
import { editOperations, imageOperations, viewOperations } from './operations/images.ts';
import { jobOperations } from './operations/jobs.ts';
import {
  evaluateOperations,
  exportOperations,
  inspectOperations,
  refineOperations,
  turingOperations,
} from './operations/results.ts';
import { checkpointOperations, historyOperations, runOperations } from './operations/runs.ts';
import {
  engineOperations,
  libraryOperations,
  settingsOperations,
  systemOperations,
} from './operations/studio.ts';

/** Every operation of the program, by domain. Preload, browser client and service are all made from this table. */
export const contract = {
  library: libraryOperations,
  import: importOperations,
  simulate: simulateOperations,
  datasets: datasetOperations,
  images: imageOperations,
  edits: editOperations,
  views: viewOperations,
  runs: runOperations,
  checkpoints: checkpointOperations,
  history: historyOperations,
  refine: refineOperations,
  inspect: inspectOperations,
  evaluate: evaluateOperations,
  turing: turingOperations,
  export: exportOperations,
  engines: engineOperations,
  jobs: jobOperations,
  settings: settingsOperations,
  system: systemOperations,
} as const;

export type Contract = typeof contract;
export type Domain = keyof Contract;

/** "runs.start" */
export type OperationName = {
  [D in Domain]: `${D}.${keyof Contract[D] & string}`;
}[Domain];

type OperationOf<Name extends OperationName> = Name extends `${infer D extends Domain}.${infer Method}`
  ? Method extends keyof Contract[D]
    ? Contract[D][Method] extends Operation
      ? Contract[D][Method]
      : never
    : never
  : never;

export type InputOf<Name extends OperationName> = z.input<OperationOf<Name>['input']>;
export type ParsedInputOf<Name extends OperationName> = z.output<OperationOf<Name>['input']>;
export type OutputOf<Name extends OperationName> = z.output<OperationOf<Name>['output']>;

/** What the window knows: one method per operation, and a listener for events. */
export type StudioClient = {
  readonly [D in Domain]: {
    readonly [Method in keyof Contract[D] & string]: (
      input: InputOf<`${D}.${Method}` & OperationName>,
    ) => Promise<OutputOf<`${D}.${Method}` & OperationName>>;
  };
} & {
  /** Returns a function that ends the subscription. */
  readonly subscribe: (listener: StudioListener) => () => void;
  /** Called when the connection was lost and is there again: snapshots are to be taken anew. */
  readonly onReconnect: (listener: () => void) => () => void;
};

export const operationNames = Object.entries(contract).flatMap(([domain, methods]) =>
  Object.keys(methods).map((method) => `${domain}.${method}` as OperationName),
);

export function isOperationName(name: string): name is OperationName {
  return operationNames.some((known) => known === name);
}

export function operationOf(name: OperationName): Operation {
  const [domain, method] = name.split('.') as [Domain, string];
  return (contract[domain] as Readonly<Record<string, Operation>>)[method];
}
