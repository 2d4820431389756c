import { defineStore } from 'pinia';
import { ref } from 'vue';
import { describeFailure } from '../composables/failure.ts';

export interface Toast {
  readonly id: number;
  readonly tone: 'plain' | 'good' | 'bad';
  readonly text: string;
  readonly detail: string;
  readonly action: { readonly text: string; readonly run: () => unknown } | undefined;
}

/** Short messages at the edge of the window; those of failures stay until they are closed. */
export const useToastStore = defineStore('toasts', () => {
  const toasts = ref<Toast[]>([]);
  let next = 1;

  function add(tone: Toast['tone'], text: string, detail: string, action: Toast['action']): void {
    toasts.value = [...toasts.value.slice(-3), { id: next, tone, text, detail, action }];
    next += 1;
  }

  return {
    toasts,
    say: (text: string, action?: Toast['action']) => add('plain', text, '', action),
    succeed: (text: string, action?: Toast['action']) => add('good', text, '', action),
    fail(error: unknown) {
      const { message, remedy } = describeFailure(error);
      add('bad', message, remedy, undefined);
    },
    dismiss(id: number) {
      toasts.value = toasts.value.filter((toast) => toast.id !== id);
    },
  };
});
