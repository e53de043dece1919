/** The part of `qrcode` 1.5.4 that computes a code and draws nothing: without the picture libraries of its entry point. */
declare module 'qrcode/lib/core/qrcode.js' {
  interface Segment {
    readonly data: Uint8Array;
    readonly mode: 'byte';
  }
  interface QrCode {
    readonly version: number;
    readonly modules: { readonly size: number; readonly data: Uint8Array };
  }
  const qrcode: {
    create(segments: readonly Segment[], options: { readonly errorCorrectionLevel: 'M' }): QrCode;
  };
  export default qrcode;
}
