import test from 'ava'
import { rememberByContent } from './content-memo.js'

test('content memo: equal bytes are computed once, wherever they stand', (t) => {
  let count = 0
  const sum = rememberByContent((bytes) => {
    count += 1
    return bytes.reduce((a, b) => a + b, 0)
  })
  const bytes = new Uint8Array([0, 1, 2, 3, 1, 2, 3])
  t.is(sum(bytes.subarray(1, 4)), 6)
  t.is(sum(bytes.subarray(4, 7)), 6)
  t.is(sum(new Uint8Array([1, 2, 3])), 6)
  t.is(count, 1)
  t.is(sum(new Uint8Array([3, 2, 1])), 6)
  t.is(sum(new Uint8Array([])), 0)
  t.is(count, 3)
})

test('content memo: what is done to the bytes afterwards does not matter', (t) => {
  const first = rememberByContent((bytes) => bytes[0])
  const bytes = new Uint8Array([1])
  t.is(first(bytes), 1)
  bytes[0] = 2
  t.is(first(bytes), 2)
  t.is(first(new Uint8Array([1])), 1)
})

test('content memo: more contents than are remembered', (t) => {
  const value = rememberByContent((bytes) => new DataView(bytes.buffer).getUint32(0))
  const bytesOf = (n: number) => {
    const bytes = new Uint8Array(4)
    new DataView(bytes.buffer).setUint32(0, n)
    return bytes
  }
  for (const round of [0, 1]) for (let n = 0; n < 12_000; n++) if (value(bytesOf(n)) !== n) t.fail(`${n} in round ${round}`)
  t.pass()
})
