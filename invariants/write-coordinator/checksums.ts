// The two checksums of the write coordinator's records, written for the judge alone: plain and slow. Callers remember what they have computed.

const CRC_BITS = 8
/** The polynomial of CRC-32C, bits reversed. */
const CASTAGNOLI = 0x82f63b78

/** CRC-32C (Castagnoli), as iSCSI and ext4 use it. */
export function crc32c(bytes: Uint8Array): number {
  let crc = -1
  for (const byte of bytes) {
    crc ^= byte
    for (let bit = 0; bit < CRC_BITS; bit++) crc = (crc & 1) === 0 ? crc >>> 1 : (crc >>> 1) ^ CASTAGNOLI
  }
  return ~crc >>> 0
}

const FNV_OFFSET_BASIS = 0xcbf29ce484222325n
const FNV_PRIME = 0x100000001b3n

/** FNV-1a-64 over the eight bytes of `before`, little-endian, and then `bytes`. */
export function chainedHash(before: bigint, bytes: Uint8Array): bigint {
  let hash = FNV_OFFSET_BASIS
  for (let shift = 0n; shift < 64n; shift += 8n) hash = fnvStep(hash, (before >> shift) & 0xffn)
  for (const byte of bytes) hash = fnvStep(hash, BigInt(byte))
  return hash
}

function fnvStep(hash: bigint, byte: bigint): bigint {
  return BigInt.asUintN(64, (hash ^ byte) * FNV_PRIME)
}
