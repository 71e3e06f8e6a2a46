/** What a webhook can be told of. */
export const WEBHOOK_EVENTS = ['activation', 'expiry', 'alert'] as const;
export type WebhookEvent = (typeof WEBHOOK_EVENTS)[number];
