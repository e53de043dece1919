import qrcode from 'qrcode/lib/core/qrcode.js';

/** A QR code as rows of dark and light squares. */
export interface QrModules {
  /** Squares on a side. */
  readonly size: number;
  isDark(row: number, column: number): boolean;
}

/**
 * The QR code of a text as the tax authority asks for it: error correction M, byte mode (Portaria 195/2020, technical
 * specification of the QR code). The same text gives the same squares.
 */
export function qrModules(text: string): QrModules {
  const { modules } = qrcode.create([{ data: new TextEncoder().encode(text), mode: 'byte' }], {
    errorCorrectionLevel: 'M',
  });
  return { size: modules.size, isDark: (row, column) => modules.data[row * modules.size + column] === 1 };
}
