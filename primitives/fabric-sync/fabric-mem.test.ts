import test from 'ava'
import { leaseOf, newFabric, stepsOf, withClock } from './fabric.test.kit.js'

test('fabric mem: words come back signed, and are those of the arena', (t) => {
  const made = newFabric()
  const mem = leaseOf(made, 1).mem()
  const { words, arenaOffset } = made.fabric.memory
  t.is(mem.arenaSize(), 4096)
  mem.store32(4092, 2 ** 32 - 1)
  t.is(mem.load32(4092), -1)
  t.is(words[(arenaOffset + 4092) / 4], -1)
  t.is(mem.add32(0, 5), 0)
  t.is(mem.compareExchange32(0, 5, -7), 5)
  t.is(mem.compareExchange32(0, 5, 1), -7)
  mem.store64(8, 2n ** 64n - 1n)
  t.is(mem.load64(8), -1n)
  t.is(mem.add64(8, 3n), -1n)
  t.is(mem.compareExchange64(8, 2n, 9n), 2n)
  t.is(mem.load64(8), 9n)
})

test('fabric mem: bytes are written and read in their order', (t) => {
  const mem = leaseOf(newFabric(), 1).mem()
  mem.write(4, Uint8Array.of(1, 2, 3, 254, 5, 6, 7, 255))
  t.is(mem.load32(4), 0xfe030201 | 0)
  const target = new Uint8Array(8)
  mem.read(4, target)
  t.deepEqual(target, Uint8Array.of(1, 2, 3, 254, 5, 6, 7, 255))
  mem.read(4096, new Uint8Array(0))
})

test.serial('fabric mem: each word is preceded by a check of the lease', (t) => {
  const made = newFabric()
  const mem = leaseOf(made, 1).mem()
  t.deepEqual(
    stepsOf(made.fabric, () => mem.write(8, new Uint8Array(8))),
    ['load lease[0]', 'store arena+8', 'load lease[0]', 'store arena+12'],
  )
  t.deepEqual(
    stepsOf(made.fabric, () => mem.add64(8, 1n)),
    ['load lease[0]', 'add arena+8'],
  )
})

test.serial('fabric mem: the fabric clock begins at 0 and does not go below', (t) => {
  withClock((clock) => {
    const { fabric } = newFabric()
    t.is(fabric.now(), 0)
    clock.nowMs -= 50
    t.is(fabric.now(), 0)
    clock.nowMs += 60
    t.is(fabric.now(), 10)
  })
})
