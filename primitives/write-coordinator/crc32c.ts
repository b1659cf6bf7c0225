// CRC-32C (Castagnoli), reflected, as in iSCSI and ext4: polynomial 0x1EDC6F41. Four bytes at a time with four tables (Kounavis and Berry, 2005).

const REFLECTED_POLYNOMIAL = 0x82f63b78
const TABLE = tables()

/** CRC-32C of `bytes[begin … end - 1]`, as an unsigned number. `before` is the CRC of what stands in front of them. */
export function crc32c(bytes: Uint8Array, begin: number, end: number, before = 0): number {
  let crc = ~before
  let at = begin
  for (; at + 4 <= end; at += 4) {
    crc ^= (bytes[at] as number) | ((bytes[at + 1] as number) << 8) | ((bytes[at + 2] as number) << 16) | ((bytes[at + 3] as number) << 24)
    crc =
      (TABLE[768 + (crc & 255)] as number) ^
      (TABLE[512 + ((crc >>> 8) & 255)] as number) ^
      (TABLE[256 + ((crc >>> 16) & 255)] as number) ^
      (TABLE[crc >>> 24] as number)
  }
  for (; at < end; at++) crc = (crc >>> 8) ^ (TABLE[(crc ^ (bytes[at] as number)) & 255] as number)
  return ~crc >>> 0
}

/** Table k in entries 256 k to 256 k + 255: what a byte does to the sum k bytes later. */
function tables(): Int32Array {
  const table = new Int32Array(1024)
  for (let byte = 0; byte < 256; byte++) {
    let crc = byte
    for (let bit = 0; bit < 8; bit++) crc = crc & 1 ? (crc >>> 1) ^ REFLECTED_POLYNOMIAL : crc >>> 1
    table[byte] = crc
  }
  for (let at = 256; at < 1024; at++) {
    const previous = table[at - 256] as number
    table[at] = (previous >>> 8) ^ (table[previous & 255] as number)
  }
  return table
}
