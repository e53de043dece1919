export const TOKEN_KINDS = ['rfid', 'app', 'remote', 'emaid'] as const;
export type TokenKind = (typeof TOKEN_KINDS)[number];
