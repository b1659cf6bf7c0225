// 64-bit numbers in records: little-endian, and below 2^53 wherever the format means a number or an offset.

const TWO_32 = 2 ** 32

/** Writes a number from 0 to 2^53 - 1 as 64 bits. */
export function putU64(view: DataView, at: number, value: number): void {
  view.setUint32(at, value >>> 0, true)
  view.setUint32(at + 4, Math.floor(value / TWO_32), true)
}

/** Reads 64 bits as a number, which is exact up to 2^53 - 1. */
export function getU64(view: DataView, at: number): number {
  return view.getUint32(at + 4, true) * TWO_32 + view.getUint32(at, true)
}

/** The view that reads and writes `bytes` from its first byte. */
export function viewOf(bytes: Uint8Array): DataView {
  return new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength)
}
