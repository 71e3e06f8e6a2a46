import type { AddressRuleInfo } from '@gec/http';

/** A rule with the list it stands on. */
export interface RegleAdresse extends AddressRuleInfo {
  readonly genre: 'bloquee' | 'autorisee';
}

/** A new rule. */
export interface NouvelleRegle {
  /** An address, or a range in CIDR notation. */
  readonly cidr: string;
  readonly motif: string;
  /** Minutes for which it counts; for ever when left out. */
  readonly minutes?: number | undefined;
  /** Said by whoever shuts out their own address and means it. */
  readonly confirme?: boolean | undefined;
}
