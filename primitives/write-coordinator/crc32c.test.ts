import test from 'ava'
import fc from 'fast-check'
import { crc32c } from './crc32c.js'

const ascii = (text: string) => new TextEncoder().encode(text)

/** Bit by bit, from the definition. */
function slowly(bytes: Uint8Array): number {
  let crc = 0xffffffff
  for (const byte of bytes) {
    crc ^= byte
    for (let bit = 0; bit < 8; bit++) crc = crc & 1 ? (crc >>> 1) ^ 0x82f63b78 : crc >>> 1
  }
  return ~crc >>> 0
}

test('crc32c: the check value of the catalogue, and the vectors of RFC 3720', (t) => {
  t.is(crc32c(ascii('123456789'), 0, 9), 0xe3069283)
  t.is(crc32c(new Uint8Array(32), 0, 32), 0x8a9136aa)
  t.is(crc32c(new Uint8Array(32).fill(0xff), 0, 32), 0x62a8ab43)
  t.is(
    crc32c(
      Uint8Array.from({ length: 32 }, (_, i) => i),
      0,
      32,
    ),
    0x46dd794e,
  )
  t.is(crc32c(new Uint8Array(0), 0, 0), 0)
})

test('crc32c: four bytes at a time are what one bit at a time is, from any begin, in any pieces', (t) => {
  fc.assert(
    fc.property(fc.uint8Array({ maxLength: 60 }), fc.nat(60), fc.nat(60), (bytes, a, b) => {
      const [begin, middle] = [Math.min(a, b, bytes.length), Math.min(Math.max(a, b), bytes.length)]
      const whole = crc32c(bytes, begin, bytes.length)
      return whole === slowly(bytes.subarray(begin)) && crc32c(bytes, middle, bytes.length, crc32c(bytes, begin, middle)) === whole
    }),
  )
  t.pass()
})
