import test from 'ava'
import fc from 'fast-check'
import { bytes, type Codec, f64, i32, struct, u32, u64 } from './codec.js'
import { errorOf } from './fabric.test.kit.js'

/** What comes back after a round through bytes, at an odd offset. */
function round<T>(codec: Codec<T>, value: T): T {
  const view = new DataView(new ArrayBuffer(codec.byteLength + 8))
  codec.encode(value, view, 3)
  return codec.decode(view, 3)
}

test('codec: numbers come back, up to their last values', (t) => {
  for (const value of [0, 1, 2 ** 31, 2 ** 32 - 1]) t.is(round(u32, value), value)
  for (const value of [0, -1, -(2 ** 31), 2 ** 31 - 1]) t.is(round(i32, value), value)
  for (const value of [0n, 1n, 2n ** 63n, 2n ** 64n - 1n]) t.is(round(u64, value), value)
  for (const value of [0, -0, 0.1, Number.NaN, Number.NEGATIVE_INFINITY, Number.MAX_VALUE]) t.is(round(f64, value), value)
})

test('codec: any record comes back', (t) => {
  const codec = struct<{ a: Uint8Array; b: number; c: bigint; d: { e: number } }>({ a: bytes(5), b: i32, c: u64, d: struct<{ e: number }>({ e: f64 }) })
  t.is(codec.byteLength, 8 + 4 + 8 + 8)
  const record = fc.record({
    a: fc.uint8Array({ minLength: 5, maxLength: 5 }),
    b: fc.integer(),
    c: fc.bigInt({ min: 0n, max: 2n ** 64n - 1n }),
    d: fc.record({ e: fc.double() }),
  })
  fc.assert(
    fc.property(record, (value) => {
      t.deepEqual(round(codec, value), value)
    }),
    { numRuns: 200 },
  )
})

test('codec: bytes are copied out', (t) => {
  const view = new DataView(new ArrayBuffer(4))
  const codec = bytes(4)
  codec.encode(Uint8Array.of(1, 2, 3, 4), view, 0)
  const value = codec.decode(view, 0)
  view.setUint8(0, 9)
  t.deepEqual(value, Uint8Array.of(1, 2, 3, 4))
})

test('codec: values of another type or range are refused', (t) => {
  const refused = <T>(codec: Codec<T>, value: unknown) =>
    t.is(
      errorOf(() => round(codec, value as T)),
      'BadArgumentError',
      `${String(value)}`,
    )
  for (const value of [-1, 2 ** 32, 0.5, '1', 1n, undefined]) refused(u32, value)
  for (const value of [2 ** 31, -(2 ** 31) - 1, Number.NaN, null]) refused(i32, value)
  for (const value of [-1n, 2n ** 64n, 1, '1']) refused(u64, value)
  for (const value of ['1', 1n, undefined]) refused(f64, value)
  for (const value of [new Uint8Array(3), [1, 2, 3, 4], undefined]) refused(bytes(4), value)
  for (const value of [undefined, null, 5, { a: 'x' }]) refused(struct<{ a: number }>({ a: u32 }), value)
})

test('codec: sizes out of range and things that are no codecs are refused', (t) => {
  for (const n of [0, -1, 4097, 0.5]) {
    t.is(
      errorOf(() => bytes(n)),
      'BadArgumentError',
    )
  }
  for (const fields of [{}, { a: bytes(4096), b: u32 }, { a: undefined }, { a: { byteLength: 4 } }, undefined, 'x']) {
    t.is(
      errorOf(() => struct(fields as unknown as { a: Codec<number> })),
      'BadArgumentError',
    )
  }
})
