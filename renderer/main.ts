import { createPinia } from 'pinia';
import { createApp } from 'vue';
import App from './App.vue';
import { loadViewsWhenIdle } from './loadViews.ts';
import { router } from './router.ts';
import './styles/tokens.css';
import './styles/base.css';

createApp(App).use(createPinia()).use(router).mount('#app');
void loadViewsWhenIdle(router);
