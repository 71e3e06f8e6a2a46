import type { DataKeyTable, JournalHeadTable, KeyProcessTable, KeyRotationTable, OutboxTable } from '@gec/db';
import type { AddressTables, LockoutTables, SessionTables } from '@gec/http';
import type { CorrespondantsTables } from './schema/correspondants.ts';
import type { CourriersTables } from './schema/courriers.ts';
import type { ExploitationTables } from './schema/exploitation.ts';
import type { FacteursTables } from './schema/facteurs.ts';
import type { ImportsTables } from './schema/imports.ts';
import type { JournalTables } from './schema/journal.ts';
import type { MessagesTables } from './schema/messages.ts';
import type { PersonnesTables } from './schema/personnes.ts';
import type { PiecesTables } from './schema/pieces.ts';
import type { ReferentielsTables } from './schema/referentiels.ts';

export type { CourrierForwardTable, CourrierTable, NumeroTable, RegistreTable } from './schema/courriers.ts';
export type { SauvegardeTable, TacheTable } from './schema/exploitation.ts';
export type { FacteurDefiTable, FacteurTable } from './schema/facteurs.ts';
export type { ImportTable } from './schema/imports.ts';
export type { LogActiviteTable, VerificationJournalTable } from './schema/journal.ts';
export type { NotificationTable } from './schema/messages.ts';
export type { UserTable } from './schema/personnes.ts';
export type { PieceTable, TeleversementTable } from './schema/pieces.ts';
export type { Day, Timestamp, TypeCourrier } from './schema/types.ts';

/** What the shared packages keep in this database. */
interface SharedTables extends SessionTables, LockoutTables, AddressTables {
  data_key: DataKeyTable;
  key_process: KeyProcessTable;
  key_rotation: KeyRotationTable;
  outbox: OutboxTable;
  journal_head: JournalHeadTable;
}

/** The tables of GEC Mines: those of each notion, a file each in schema/. */
export interface GecTables
  extends
    SharedTables,
    CorrespondantsTables,
    CourriersTables,
    ExploitationTables,
    FacteursTables,
    ImportsTables,
    JournalTables,
    MessagesTables,
    PersonnesTables,
    PiecesTables,
    ReferentielsTables {}
