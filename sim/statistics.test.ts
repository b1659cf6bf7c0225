// What is counted: distinct numbers, behaviours, and the random streams behind every draw.

import test from 'ava'
import fc from 'fast-check'
import { Actor } from './actor.js'
import { DistinctSet } from './distinct-set.js'
import { LOAD, STORE } from './operation.js'
import { ExecutionSeeds, formatSeed, parseSeed, RandomStream } from './random-streams.js'
import { behaviourOf, Trace } from './trace.js'

test('distinct set: counts as a Set does', (t) => {
  const value = fc.oneof(fc.nat({ max: 50 }), fc.maxSafeNat(), fc.constantFrom(0, 2 ** 32, 2 ** 32 - 1, 2 ** 53 - 1, 2 ** 31))
  fc.assert(
    fc.property(fc.array(value, { maxLength: 3000 }), fc.nat({ max: 50 }), (values, askEvery) => {
      const ours = new DistinctSet(1_000_000)
      const theirs = new Set<number>()
      for (const [i, one] of values.entries()) {
        ours.add(one)
        theirs.add(one)
        if (i % (askEvery + 1) === 0) t.is(ours.size, theirs.size)
      }
      t.is(ours.size, theirs.size)
    }),
    { numRuns: 50, seed: 1 },
  )
})

test('distinct set: grows past its first size, with numbers that differ in high or low bits only', (t) => {
  for (const step of [1, 2 ** 10, 2 ** 21, 2 ** 32]) {
    const set = new DistinctSet(1_000_000)
    for (let time = 0; time < 2; time++) for (let i = 0; i < 200_000; i++) set.add(i * step)
    t.is(set.size, 200_000)
  }
})

test('distinct set: stops at its limit', (t) => {
  for (const limit of [1, 5, 127, 128, 129, 5000]) {
    const set = new DistinctSet(limit)
    for (let i = 0; i < limit - 1; i++) set.add(i)
    t.is(set.size, limit - 1)
    for (let i = 0; i < 20_000; i++) set.add(i)
    t.is(set.size, limit)
  }
})

type Step = readonly [actor: number, kind: number, index: number, result: number]

/** Trace hash and behaviour of these steps. */
function traced(steps: readonly Step[]): { hash: string; behaviour: number } {
  const trace = new Trace()
  trace.reset()
  const actors = [0, 1, 2].map((id) => new Actor(id, 'peer', `peer ${id}`))
  for (const [actor, kind, index, result] of steps) trace.add(actors[actor] as Actor, kind, index, result)
  return { hash: trace.hash(), behaviour: behaviourOf(actors) }
}

const step = fc.tuple(fc.nat({ max: 2 }), fc.constantFrom(LOAD, STORE), fc.nat({ max: 3 }), fc.nat({ max: 3 }))

test('behaviour: the order between actors does not count, the order within one does', (t) => {
  fc.assert(
    fc.property(fc.array(step, { minLength: 2, maxLength: 30 }), fc.array(fc.nat({ max: 2 }), { minLength: 60, maxLength: 60 }), (steps, order) => {
      const lanes = [0, 1, 2].map((id) => steps.filter(([actor]) => actor === id))
      const merged: Step[] = []
      for (const id of [...order, 0, 1, 2]) {
        const lane = lanes[id] as Step[]
        const next = lane.shift()
        if (next !== undefined) merged.push(next)
      }
      for (const lane of lanes) merged.push(...lane)
      t.is(traced(merged).behaviour, traced(steps).behaviour)
      if (JSON.stringify(merged) !== JSON.stringify(steps)) t.not(traced(merged).hash, traced(steps).hash)
    }),
    { numRuns: 300, seed: 1 },
  )
})

test('behaviour and trace: one other actor, operation, place or result shows', (t) => {
  fc.assert(
    fc.property(fc.array(step, { minLength: 1, maxLength: 30 }), fc.nat(), fc.nat({ max: 3 }), (steps, at, field) => {
      const other = steps.map((one) => [...one] as [number, number, number, number])
      const changed = other[at % steps.length] as [number, number, number, number]
      if (field === 0) changed[0] = (changed[0] + 1) % 3
      else if (field === 1) changed[1] = changed[1] === LOAD ? STORE : LOAD
      else changed[field as 2 | 3]++
      t.not(traced(other).hash, traced(steps).hash)
      t.not(traced(other).behaviour, traced(steps).behaviour)
      t.true(Number.isSafeInteger(traced(steps).behaviour) && traced(steps).behaviour >= 0)
    }),
    { numRuns: 500, seed: 1 },
  )
})

test('behaviour: swapped steps of one actor, and swapped actors, show', (t) => {
  const a: Step = [0, LOAD, 1, 5]
  const b: Step = [0, STORE, 2, 6]
  t.not(traced([a, b]).behaviour, traced([b, a]).behaviour)
  t.not(traced([a]).behaviour, traced([[1, LOAD, 1, 5]]).behaviour)
  t.not(traced([a]).behaviour, traced([a, a]).behaviour)
})

test('behaviour: 100,000 that differ give 100,000 numbers', (t) => {
  const seen = new Set<number>()
  const hashes = new Set<string>()
  for (let i = 0; i < 100_000; i++) {
    const { behaviour, hash } = traced([
      [0, LOAD, i & 1023, i >> 10],
      [1, STORE, 0, i & 7],
    ])
    seen.add(behaviour)
    hashes.add(hash)
  }
  // With 53 bits, two of 1e5 agree with a probability of 1e10 / 2 / 2^53 = 5e-7.
  t.is(seen.size, 100_000)
  t.is(hashes.size, 100_000)
})

test('random stream: a seed and a name determine it, and names and neighbours differ', (t) => {
  const draws = (seed: number, name: 'schedule' | 'faults' | 'workload', salt = 0) => {
    const stream = new RandomStream(seed, name, salt)
    return Array.from({ length: 20 }, () => stream.draw(1000)).join()
  }
  t.is(draws(5, 'schedule'), draws(5, 'schedule'))
  const all = [
    draws(5, 'schedule'),
    draws(5, 'faults'),
    draws(5, 'workload'),
    draws(6, 'schedule'),
    draws(5 + 2 ** 32, 'schedule'),
    draws(2 ** 48 - 1, 'schedule'),
    draws(5, 'schedule', 1),
    draws(5, 'schedule', 2),
  ]
  t.is(new Set(all).size, all.length)
})

test('random stream: draws are within their bound and even', (t) => {
  for (const bound of [1, 2, 3, 4, 5, 7, 16, 100, 2 ** 16]) {
    const stream = new RandomStream(0x5eed, 'schedule')
    const buckets = Math.min(bound, 100)
    const counts = new Array(buckets).fill(0)
    for (let i = 0; i < 50_000; i++) {
      const drawn = stream.draw(bound)
      t.true(Number.isInteger(drawn) && drawn >= 0 && drawn < bound)
      counts[Math.floor((drawn * buckets) / bound)]++
    }
    const expected = 50_000 / buckets
    const chiSquare = counts.reduce((sum, count) => sum + (count - expected) ** 2 / expected, 0)
    // Mean k - 1, deviation sqrt(2 (k - 1)); 6 deviations and a margin for few buckets: a probability below 1e-5.
    t.true(chiSquare < buckets - 1 + 6 * Math.sqrt(2 * buckets) + 12, `bound ${bound}: ${chiSquare}`)
  }
})

test('random stream: draws of alternating bounds are even, and so are pairs of draws', (t) => {
  const stream = new RandomStream(0x5eed, 'schedule')
  const pairs = new Array(12).fill(0)
  for (let i = 0; i < 60_000; i++) pairs[stream.draw(3) * 4 + stream.draw(4)]++
  const chiSquare = pairs.reduce((sum, count) => sum + (count - 5000) ** 2 / 5000, 0)
  // 11 degrees of freedom: above 45 with a probability of 5e-6.
  t.true(chiSquare < 45, String(chiSquare))
})

test('seeds: read and written, and the first of a campaign is its own', (t) => {
  fc.assert(
    fc.property(fc.nat({ max: 2 ** 48 - 1 }), (seed) => t.is(parseSeed(formatSeed(seed)), seed)),
    { seed: 1 },
  )
  for (const wrong of ['', 'g', '-1', '1.5', '0x1', ' 1', '1234567890123']) t.is(parseSeed(wrong), undefined)
  const seeds = new ExecutionSeeds(0xabc)
  const drawn = Array.from({ length: 10_000 }, () => seeds.next())
  t.is(drawn[0], 0xabc)
  t.is(new Set(drawn).size, 10_000)
  t.true(drawn.every((seed) => Number.isInteger(seed) && seed >= 0 && seed < 2 ** 48))
  t.is(new ExecutionSeeds(drawn[1] as number).next(), drawn[1])
})
