import test from 'ava'
import fc from 'fast-check'
import { FnvChain } from './fnv-chain.js'

/** From the definition, with BigInt. */
function slowly(previous: bigint, bytes: Uint8Array): bigint {
  let hash = 0xcbf29ce484222325n
  const add = (byte: bigint) => {
    hash = BigInt.asUintN(64, (hash ^ byte) * 0x100000001b3n)
  }
  for (let shift = 0n; shift < 64n; shift += 8n) add((previous >> shift) & 255n)
  for (const byte of bytes) add(BigInt(byte))
  return hash
}

test('fnv chain: every value is the hash of the one before and the bytes', (t) => {
  fc.assert(
    fc.property(fc.nat(Number.MAX_SAFE_INTEGER), fc.array(fc.uint8Array({ maxLength: 48 }), { maxLength: 5 }), (start, records) => {
      const chain = new FnvChain()
      chain.startAt(start)
      let expected = BigInt(start)
      for (const record of records) {
        chain.extend(record, 0, record.length)
        expected = slowly(expected, record)
        if (chain.asBigInt() !== expected) return false
      }
      const copy = new FnvChain()
      copy.copyFrom(chain)
      return copy.asBigInt() === expected
    }),
  )
  t.pass()
})

test('fnv chain: the hash of eight zero bytes', (t) => {
  // The hash of eight zero bytes, which is a chain that begins at 0 and is extended by nothing.
  const chain = new FnvChain()
  chain.extend(new Uint8Array(0), 0, 0)
  t.is(chain.asBigInt(), slowly(0n, new Uint8Array(0)))
  t.is(slowly(0n, new Uint8Array(0)), 0xa8c7f832281a39c5n)
})
