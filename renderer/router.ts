import { createRouter, createWebHashHistory } from 'vue-router';

declare module 'vue-router' {
  interface RouteMeta {
    /** False for the screens that can be seen while no library is open. */
    readonly needsLibrary?: boolean;
  }
}

/** Where the window can be. Filters, selections and steps live in the query, so that "back" and a reload keep them. */
export const router = createRouter({
  history: createWebHashHistory(),
  routes: [
    {
      path: '/',
      name: 'welcome',
      component: () => import('./views/welcome/WelcomeView.vue'),
      meta: { needsLibrary: false },
    },
    { path: '/data', name: 'data', component: () => import('./views/data/DataView.vue') },
    { path: '/data/map', name: 'map', component: () => import('./views/data/MapView.vue') },
    { path: '/data/health', name: 'health', component: () => import('./views/data/HealthView.vue') },
    { path: '/import', name: 'import', component: () => import('./views/import/ImportView.vue') },
    { path: '/train', name: 'train', component: () => import('./views/train/TrainView.vue') },
    { path: '/runs', name: 'runs', component: () => import('./views/runs/RunsView.vue') },
    { path: '/runs/compare', name: 'compare', component: () => import('./views/runs/CompareView.vue') },
    { path: '/runs/:runId(\\d+)', name: 'run', component: () => import('./views/runs/RunView.vue') },
    { path: '/inspect', name: 'inspect', component: () => import('./views/inspect/InspectView.vue') },
    { path: '/evaluate', name: 'evaluate', component: () => import('./views/evaluate/EvaluateView.vue') },
    { path: '/export', name: 'export', component: () => import('./views/export/ExportView.vue') },
    {
      path: '/settings',
      name: 'settings',
      component: () => import('./views/settings/SettingsView.vue'),
      meta: { needsLibrary: false },
    },
    { path: '/:rest(.*)*', redirect: '/' },
  ],
});
