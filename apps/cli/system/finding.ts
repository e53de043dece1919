/** One thing the system needs, uses or could use. */
export interface Finding {
  readonly name: string;
  /** ok: found and used; on-demand: fetched when it is first needed; missing; unused: not needed as configured. */
  readonly state: 'ok' | 'on-demand' | 'missing' | 'unused';
  readonly essential: boolean;
  /** What was found, with its version. */
  readonly found: string;
  /** How to get what is missing. */
  readonly advice?: string;
}

export type Env = NodeJS.ProcessEnv;
export const reasonOf = (error: unknown): string => (error instanceof Error ? error.message : String(error));
export const isSet = (value: string | undefined): value is string => value !== undefined && value !== '';
