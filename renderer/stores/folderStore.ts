import { defineStore } from 'pinia';
import { shallowRef } from 'vue';
import type { InputOf } from '../../core/contract/contract.ts';

export type FolderPurpose = InputOf<'system.pickFolder'>['purpose'];

interface Question {
  readonly purpose: FolderPurpose;
  readonly answer: (path: string | null) => void;
}

const memory = (purpose: FolderPurpose): string => `folder.${purpose}`;

/** The question of the folder dialog that the window shows where the shell has none of its own. */
export const useFolderStore = defineStore('folder', () => {
  const question = shallowRef<Question>();

  function ask(purpose: FolderPurpose): Promise<string | null> {
    question.value?.answer(null);
    return new Promise((resolve) => {
      question.value = {
        purpose,
        answer(path) {
          question.value = undefined;
          resolve(path);
        },
      };
    });
  }

  return {
    question,
    ask,
    lastFolder: (purpose: FolderPurpose) => localStorage.getItem(memory(purpose)),
    remember: (purpose: FolderPurpose, folder: string) => localStorage.setItem(memory(purpose), folder),
  };
});
