/** ISO 8601 instant in UTC. */
export type Timestamp = string;

/** Calendar day, `YYYY-MM-DD`. */
export type Day = string;

/** Direction of a letter, as the specification stores it. */
export type TypeCourrier = 'ENTRANT' | 'SORTANT';
