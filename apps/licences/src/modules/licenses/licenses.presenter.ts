import type { Stats } from './licenses.service.ts';

/** The body of `GET /api/stats`. */
export function presentStats(stats: Stats): object {
  return {
    total_licenses: stats.total,
    active_licenses: stats.active,
    used_licenses: stats.used,
    inactive_licenses: stats.inactive,
    by_type: Object.fromEntries(stats.byType.map(({ label, total }) => [label, total])),
  };
}
