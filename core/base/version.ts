import packageJson from '../../package.json' with { type: 'json' };

/** Version of this program, as records and exports name it. */
export const PROGRAM_VERSION: string = packageJson.version;
