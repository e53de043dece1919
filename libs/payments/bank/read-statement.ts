import { readCamt053 } from './camt053.js';
import { readStatementCsv, type CsvOptions } from './statement-csv.js';
import type { ReadStatements } from './statement.js';

/** Reads a bank's statement, told by its first character: XML is camt.053, anything else CSV. */
export function readStatement(bytes: Uint8Array, options: CsvOptions = {}): ReadStatements {
  const start = new TextDecoder('latin1').decode(bytes.subarray(0, 16)).replace('ï»¿', '').trimStart();
  return start.startsWith('<') ? readCamt053(bytes) : readStatementCsv(bytes, options);
}
