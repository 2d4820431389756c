import { columnOf } from './table-columns.ts';
import type { GazeMapping } from './table-options.ts';

const unflipped = { flipX: false, flipY: false, flipZ: false };
const upright = { flipPitch: false, flipYaw: false };

const VECTOR_NAMES = [
  'gaze',
  'gazevec',
  'gazevector',
  'gazedirection',
  'gazedir',
  'look',
  'lookvec',
  'lookvector',
];
const ANGLE_PREFIXES = ['', 'gaze', 'eye', 'eyegaze', 'label', 'true', 'gt'];
/** As MPIIGaze has them: θ is the pitch, φ the yaw. */
const ANGLE_NAMES = [
  ['pitch', 'yaw'],
  ['theta', 'phi'],
  ['gazepitch', 'gazeyaw'],
  ['vertical', 'horizontal'],
] as const;
const UNITS = {
  rad: 'radians',
  radians: 'radians',
  deg: 'degrees',
  degrees: 'degrees',
  '': 'radians',
} as const;

/** A vector, or two angles, in columns with usual names. */
export function guessGaze(columns: readonly string[]): GazeMapping | undefined {
  for (const name of VECTOR_NAMES) {
    for (const axes of [
      ['x', 'y', 'z'],
      ['0', '1', '2'],
    ] as const) {
      const [x, y, z3] = axes.map((axis) => columnOf(columns, [`${name}${axis}`]));
      if (x !== undefined && y !== undefined && z3 !== undefined) {
        return { kind: 'vector', x, y, z: z3, ...unflipped };
      }
    }
  }
  for (const [suffix, unit] of Object.entries(UNITS)) {
    for (const [pitchName, yawName] of ANGLE_NAMES) {
      for (const prefix of ANGLE_PREFIXES) {
        const pitch = columnOf(columns, [`${prefix}${pitchName}${suffix}`]);
        const yaw = columnOf(columns, [`${prefix}${yawName}${suffix}`]);
        if (pitch !== undefined && yaw !== undefined) return { kind: 'angles', pitch, yaw, unit, ...upright };
      }
    }
  }
  for (const name of VECTOR_NAMES) {
    const [pitch, yaw] = ['0', '1'].map((axis) => columnOf(columns, [`${name}${axis}`]));
    if (pitch !== undefined && yaw !== undefined) {
      return { kind: 'angles', pitch, yaw, unit: 'radians', ...upright };
    }
  }
  return undefined;
}

/** The columns that hold a gaze. */
export function gazeColumns(gaze: GazeMapping): string[] {
  return gaze.kind === 'vector' ? [gaze.x, gaze.y, gaze.z] : [gaze.pitch, gaze.yaw];
}
