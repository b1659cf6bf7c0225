import test from 'ava'
import { chainedHash, crc32c } from './checksums.js'

test('checksums: CRC-32C as published', (t) => {
  t.is(crc32c(Buffer.from('123456789')), 0xe3069283)
  t.is(crc32c(new Uint8Array(32)), 0x8a9136aa)
  t.is(crc32c(new Uint8Array(0)), 0)
})

test('checksums: FNV-1a-64 as published, over a number in little-endian bytes and what follows', (t) => {
  t.is(chainedHash(Buffer.from('hello wo').readBigUInt64LE(), Buffer.from('rld')), 0x779a65e7023cd2e7n)
})
