import { describe, expect, it } from 'vitest';
import { isSingleKey, keysOf, userActions, type UserAction } from './actions.ts';
import { operationNames, operationOf } from './contract.ts';

const actions: readonly UserAction[] = userActions;

describe('the catalogue of actions', () => {
  it('has a way to everything that changes something', () => {
    const reached = new Set<string>(actions.flatMap(({ operations }) => operations ?? []));
    const actionOperations = operationNames.filter((name) => operationOf(name).kind === 'action');
    expect(actionOperations.filter((name) => !reached.has(name))).toEqual([]);
  });

  it('names every action once', () => {
    expect(new Set(actions.map(({ id }) => id)).size).toBe(actions.length);
    const places = actions.map(({ menu, submenu, title }) => `${menu}/${submenu ?? ''}/${title}`);
    expect(new Set(places).size).toBe(places.length);
  });

  it('gives no keys to two actions that could both be meant', () => {
    const settings = { keys: {} };
    const taken = new Map<string, UserAction>();
    for (const action of actions) {
      const keys = keysOf(action, settings);
      if (keys === undefined) continue;
      const scopes =
        action.scope === 'global' || !isSingleKey(keys)
          ? ['global', 'grid', 'loupe', 'run', 'turing']
          : ['global', action.scope];
      for (const scope of scopes) {
        const before = taken.get(`${scope} ${keys}`);
        if (before && (before.scope === scope || action.scope === scope)) {
          expect.unreachable(`${before.id} and ${action.id} both have ${keys}`);
        }
        taken.set(`${scope} ${keys}`, action);
      }
    }
  });

  it('tells single keys from those with a modifier', () => {
    for (const action of actions) {
      if (action.accelerator !== undefined) expect(isSingleKey(action.accelerator), action.id).toBe(false);
      if (action.singleKey !== undefined) expect(isSingleKey(action.singleKey), action.id).toBe(true);
    }
  });

  it('takes the keys of the settings before its own', () => {
    const action = actions[0];
    expect(keysOf(action, { keys: {} })).toBe('CmdOrCtrl+N');
    expect(keysOf(action, { keys: { [action.id]: 'CmdOrCtrl+Alt+N' } })).toBe('CmdOrCtrl+Alt+N');
    expect(keysOf(action, { keys: { [action.id]: '' } })).toBeUndefined();
  });
});
