/** Signatures of the zip format (APPNOTE 4.3): end of central directory, central file header, local file header. */
const END = 0x06_05_4b_50;
const CENTRAL = 0x02_01_4b_50;
const LOCAL = 0x04_03_4b_50;
const END_LENGTH = 22;

/**
 * The same archive with every entry dated `at` (UTC, two-second steps as zip has them), so that equal contents give
 * equal bytes. Dates are not part of any checksum. Throws on what is no plain zip.
 */
export function withZipTimestamps(archive: Buffer, at: Date): Buffer {
  const zip = Buffer.from(archive);
  const time = (at.getUTCHours() << 11) | (at.getUTCMinutes() << 5) | (at.getUTCSeconds() >> 1);
  const date = ((at.getUTCFullYear() - 1980) << 9) | ((at.getUTCMonth() + 1) << 5) | at.getUTCDate();
  const stamp = (timeOffset: number) => {
    zip.writeUInt16LE(time, timeOffset);
    zip.writeUInt16LE(date, timeOffset + 2);
  };
  const end = zip.length - END_LENGTH;
  if (end < 0 || zip.readUInt32LE(end) !== END) throw new Error('not a zip archive without comment');
  const entries = zip.readUInt16LE(end + 10);
  let offset = zip.readUInt32LE(end + 16);
  for (let index = 0; index < entries; index += 1) {
    if (zip.readUInt32LE(offset) !== CENTRAL) throw new Error(`no central file header at ${offset}`);
    const local = zip.readUInt32LE(offset + 42);
    if (zip.readUInt32LE(local) !== LOCAL) throw new Error(`no local file header at ${local}`);
    stamp(offset + 12);
    stamp(local + 10);
    offset += 46 + zip.readUInt16LE(offset + 28) + zip.readUInt16LE(offset + 30) + zip.readUInt16LE(offset + 32);
  }
  return zip;
}
