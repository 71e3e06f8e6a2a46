export { decodeText, readCsvRows } from './csv.ts';
export { UnreadableSheet, type Cell, type SheetRow, type UnreadableCode } from './table.ts';
export { readXlsxRows } from './xlsx.ts';
