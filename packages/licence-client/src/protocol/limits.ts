/** Characters of one signed statement at most. */
export const MAX_STATEMENT = 16_384;
/** Characters of a signed list (revocations, revoked keys) at most. */
export const MAX_LIST = 40_960;
/** Bytes of a bundle or request file at most. */
export const MAX_BUNDLE = 65_536;
/** Bytes of one QR code at most: version 27 at level L, which a telephone still reads from a screen. */
export const MAX_QR = 1_200;
/** QR codes of one file at most. */
export const MAX_QR_PARTS = 64;
/** Certified signing keys in one bundle at most. */
export const MAX_KEY_CERTIFICATES = 16;

export const DAY_MS = 86_400_000;
/** Days for which a certificate holds without having been renewed; never beyond the end of the licence. */
export const LEASE_DAYS = 30;
/** Days after the end in which everything still works. */
export const GRACE_DAYS = 14;
