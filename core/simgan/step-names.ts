/** A step as part of a file name; those of pre-training, which are negative, begin with "pre". */
export function stepName(step: number): string {
  return `${step < 0 ? 'pre' : ''}${String(Math.abs(step)).padStart(9, '0')}`;
}

/** The step of a file that is named `<stepName>.safetensors`. */
export function stepOfFile(name: string): number {
  const digits = Number(name.replace(/^pre|\.safetensors$/g, ''));
  return name.startsWith('pre') ? -digits : digits;
}
