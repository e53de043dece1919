/** A file to keep, as Content-Disposition (RFC 6266): a plain name for old clients, the real one in UTF-8. */
export function attachment(fileName: string): string {
  const plain = fileName.replace(/[^\w.-]/g, '_');
  return `attachment; filename="${plain}"; filename*=UTF-8''${encodeURIComponent(fileName)}`;
}
