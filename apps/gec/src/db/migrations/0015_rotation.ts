import { keyRotationTables, type Step } from '@gec/db';

/** How far a renewal of keys has come, and which keys the processes at work know. */
export const rotation: Step = { name: '0015_rotation', statements: (t) => keyRotationTables(t) };
