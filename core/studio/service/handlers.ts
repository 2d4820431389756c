import type { Contract, Domain, OperationName, OutputOf, ParsedInputOf } from '../../contract/contract.ts';

type Promisable<Value> = Value | Promise<Value>;

/** A handler for every operation of some domains: gets the parsed input, gives what the contract says. */
export type HandlersOf<Domains extends Domain> = {
  readonly [D in Domains]: {
    readonly [Method in keyof Contract[D] & string]: (
      input: ParsedInputOf<`${D}.${Method}` & OperationName>,
    ) => Promisable<OutputOf<`${D}.${Method}` & OperationName>>;
  };
};
