import { createRequire } from 'node:module'
import test from 'ava'
import { ExecutionSeeds, RandomStream, ReusedStream } from './random-streams.js'

const tychei: (seed: number) => { int32(): number } = createRequire(import.meta.url)('seedrandom/lib/tychei.js')

// Number of the stream, times the limit of seeds.
const SCHEDULE = 2 ** 48
const FAULTS = 2 * 2 ** 48

test('random streams: the stream that is seeded again gives the numbers of seedrandom', (t) => {
  const schedule = new ReusedStream('schedule')
  for (const seed of [0, 1, 0xffff_ffff, 0x1_0000_0000, 123_456_789_012_345, 2 ** 48 - 1]) {
    const expected = tychei(SCHEDULE + seed)
    const fresh = new RandomStream(seed, 'schedule')
    schedule.seed(seed)
    for (let i = 0; i < 100; i++) {
      const number = expected.int32()
      t.is(schedule.int32(), number, `seed ${seed}, draw ${i}`)
      t.is(fresh.int32(), number, `seed ${seed}, draw ${i}`)
    }
  }
})

test('random streams: small draws take six from a fraction of 24 bits', (t) => {
  const stream = new RandomStream(7, 'faults')
  const expected = tychei(FAULTS + 7)
  for (let word = 0; word < 50; word++) {
    let fraction = expected.int32() & 0xffffff
    for (let i = 0; i < 6; i++) {
      const bound = 2 + ((word + i) % 3)
      t.is(stream.draw(bound), Math.floor((fraction * bound) / 2 ** 24))
      fraction = (fraction * bound) % 2 ** 24
    }
  }
})

test('random streams: seeding again forgets what small draws had left', (t) => {
  const stream = new ReusedStream('schedule')
  stream.seed(5)
  stream.draw(3)
  stream.seed(5)
  const fresh = new RandomStream(5, 'schedule')
  t.deepEqual(
    Array.from({ length: 20 }, () => stream.draw(3)),
    Array.from({ length: 20 }, () => fresh.draw(3)),
  )
})

test('random streams: the first execution has the seed of the campaign', (t) => {
  const seeds = new ExecutionSeeds(0xabc)
  t.is(seeds.next(), 0xabc)
  t.not(seeds.next(), seeds.next())
})
