import type { UserAction } from './user-action.ts';

/** Keys, engines, logs. */
export const helpActions = [
  {
    id: 'help.keys',
    title: 'Shortcuts',
    menu: 'help',
    group: 'read',
    scope: 'global',
    needs: 'nothing',
    singleKey: '?',
  },
  {
    id: 'engines.measure',
    title: 'Measure the engines',
    menu: 'help',
    group: 'look',
    scope: 'global',
    needs: 'library',
    operations: ['engines.measure'],
  },
  {
    id: 'logs.reveal',
    title: 'Show the log files',
    menu: 'help',
    group: 'look',
    scope: 'global',
    needs: 'nothing',
    operations: ['system.reveal'],
  },
  {
    id: 'diagnostics',
    title: 'Export diagnostics…',
    menu: 'help',
    group: 'look',
    scope: 'global',
    needs: 'nothing',
    operations: ['system.diagnostics'],
  },
] as const satisfies readonly UserAction[];
