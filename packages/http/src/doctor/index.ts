export { databaseExams } from './database.ts';
export {
  errorText,
  examine,
  findings,
  reportText,
  worst,
  type Constat,
  type Examen,
  type Gravite,
} from './doctor.ts';
export { folderExams } from './folder.ts';
export { machineExams, thisMachine, type Machine } from './machine.ts';
export { exposureExams, reachExam, type Exposure } from './network.ts';
