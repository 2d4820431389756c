export const data = {
  noLabels: 'This image has no labels that can be drawn.',
} as const;
