import type { MessageBoxOptions } from 'electron';

/** What Help › About shows on systems that have no panel of their own for it. */
export function aboutBox(version: string, versions: NodeJS.ProcessVersions): MessageBoxOptions {
  const { electron, chrome, node } = versions;
  return {
    type: 'info',
    title: 'About SimGAN Studio',
    message: `SimGAN Studio ${version}`,
    detail: [
      'Makes labelled synthetic images look real while their labels stay true.',
      'Method: Shrivastava et al. 2016, arXiv 1612.07828. MIT licence.',
      '',
      `Electron ${electron ?? '–'}, Chromium ${chrome ?? '–'}, Node ${node}`,
    ].join('\n'),
    buttons: ['OK'],
    noLink: true,
  };
}
