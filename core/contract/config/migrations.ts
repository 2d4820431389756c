import { StudioError } from '../../base/studio-error.ts';

/** A training configuration, or some of its settings, before it is checked. */
export type PlainConfig = Readonly<Record<string, unknown>>;

/** Takes a configuration of one version to the next: renames, splits, converts. It may get a part of a configuration. */
export type Migration = (config: PlainConfig) => PlainConfig;

/**
 * The migration at place n − 1 takes version n to version n + 1. A setting that is only added needs none: it has a
 * default (see fields.ts). A release that adds settings still adds an entry, so that older programs say that the
 * configuration is newer than they are.
 */
export const migrations: readonly Migration[] = [
  // 1 to 2: version 1 has no `configVersion`, and all of its settings are kept.
  (config) => config,
];

/** The version that this program writes. */
export const CONFIG_VERSION = migrations.length + 1;

/**
 * The settings of a stored configuration as this version of the program names them, without `configVersion`. Settings that
 * were added since are still missing.
 *
 * @param subject what it is, at the beginning of an error's sentence: "The training config of run 3"
 * @throws StudioError 'too-new' where a newer version of the program wrote it; 'bad-input' where it is no configuration
 */
export function migrateConfig(stored: unknown, subject: string, steps = migrations): PlainConfig {
  if (!isPlain(stored)) throw invalidConfig(subject, 'it must be an object with named fields');
  const { configVersion = 1, ...settings } = stored;
  const current = steps.length + 1;
  if (typeof configVersion !== 'number' || !Number.isSafeInteger(configVersion) || configVersion < 1) {
    throw invalidConfig(subject, 'configVersion must be a whole number of at least 1');
  }
  if (configVersion > current) {
    throw new StudioError(
      'too-new',
      `${subject} was made by a newer version of SimGAN Studio (config version ${configVersion}, this program reads up to ${current}).`,
      { remedy: 'Update the program.', details: { configVersion, newestReadable: current } },
    );
  }
  return steps.slice(configVersion - 1).reduce<PlainConfig>((config, step) => step(config), settings);
}

/** The error of a stored configuration that cannot be used. */
export function invalidConfig(subject: string, problem: string, cause?: unknown): StudioError {
  return new StudioError('bad-input', `${subject} is not valid: ${problem}.`, {
    remedy:
      'If a newer version of the program wrote it, update the program; else correct it, or restore it from a backup.',
    cause,
  });
}

function isPlain(value: unknown): value is PlainConfig {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}
