import { refuse } from '../system/refused.js';

/** The content of a JSON file, with or without a byte order mark; refuses what is none. */
export function parseJson(file: string, text: string): unknown {
  try {
    return JSON.parse(text.startsWith('\uFEFF') ? text.slice(1) : text);
  } catch (error) {
    return refuse(`${file} is not JSON: ${error instanceof Error ? error.message : String(error)}`);
  }
}
