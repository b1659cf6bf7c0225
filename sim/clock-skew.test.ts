// Wall clocks that are apart: each peer sees its own.

import test from 'ava'
import { EPOCH_MS } from './clock.js'
import type { Outcome } from './outcome.js'
import { parseRecording, recordingFile, recordingToken } from './recording.js'
import { replay } from './replay.js'
import { Pct } from './strategies/pct.js'
import { RandomWalk } from './strategies/random.js'
import { campaignOf, outcomeOf, subjectFrom, subjectOf } from './subjects.test.support.js'

const SKEW = 50

/** Peers that tell, again and again, what their clocks show. */
const readers = (more: string) => `
  export default scenario('clocks', {
    peers: 2,
    setup: () => ({ words: new Int32Array(new SharedArrayBuffer(4)), began: Date.now() }),
    peer({ words, began }, me) {
      for (let i = 0; i < 3; i++) {
        const date = Date.now()
        const handle = me.now()
        const elapsed = performance.now()
        const made = new Date().getTime()
        me.event('clock', { began, date, handle, made, elapsed, origin: performance.timeOrigin, ahead: me.clockAheadMs })
        Atomics.add(words, 0, 1)
      }
    },
    invariants: [{ name: 'true-time', onEvent: (event) => {
      const now = Date.now()
      const { date, ahead } = event.data ?? {}
      return event.name === 'clock' && date - ahead > now ? 'a clock shows ' + date + ' at ' + now : undefined
    } }],
    ${more}
  })`

interface Reading {
  readonly began: number
  readonly date: number
  readonly handle: number
  readonly made: number
  readonly elapsed: number
  readonly origin: number
  readonly ahead: number
}

const readingsOf = ({ history }: Outcome, peer: number): Reading[] =>
  history.filter((event) => event.name === 'clock' && event.peer === peer).map((event) => event.data as Reading)

test.serial('clock skew: every wall clock of a peer is ahead by the same amount, and measured time is not', async (t) => {
  const subject = await subjectFrom(readers(`clockSkewMsMax: ${SKEW}`))
  const differences = new Set<number>()
  for (const strategy of [new RandomWalk(), new Pct(3)]) {
    for (let seed = 1; seed <= 200; seed++) {
      const outcome = await outcomeOf(subject, seed, strategy)
      t.is(outcome.failure, undefined, outcome.failure?.message)
      const aheads = [0, 1].map((peer) => {
        const readings = readingsOf(outcome, peer)
        const [{ ahead } = { ahead: -1 }] = readings
        t.true(Number.isInteger(ahead) && ahead >= 0 && ahead <= SKEW)
        for (const reading of readings) {
          t.is(reading.ahead, ahead, 'a clock goes as fast as the others')
          t.is(reading.began, EPOCH_MS, 'set-up sees true time')
          t.is(reading.origin, EPOCH_MS + ahead)
          // Time may pass between two reads, so the later ones show as much or more.
          t.true(reading.date >= EPOCH_MS + ahead && reading.handle >= reading.date && reading.made >= reading.handle)
          t.true(reading.elapsed >= reading.handle - ahead - EPOCH_MS && reading.elapsed <= reading.made - ahead - EPOCH_MS, 'measured time is not skewed')
        }
        t.deepEqual(
          outcome.skewedClocks.filter((clock) => clock.actor === `peer ${peer}`),
          ahead === 0 ? [] : [{ actor: `peer ${peer}`, incarnation: 0, aheadMs: ahead }],
        )
        return ahead
      }) as [number, number]
      differences.add(Math.abs(aheads[0] - aheads[1]))
    }
  }
  t.true(differences.has(0) && differences.has(SKEW))
  t.true(differences.size > 10, 'and anything between')
})

test.serial('clock skew: without it, nothing is chosen and all clocks agree', async (t) => {
  for (const more of ['', 'clockSkewMsMax: 0']) {
    const outcome = await outcomeOf(await subjectFrom(readers(more)), 3)
    t.deepEqual(outcome.skewedClocks, [])
    t.true([0, 1].every((peer) => readingsOf(outcome, peer).every(({ ahead }) => ahead === 0)))
    t.false(outcome.recording.choices.some(({ expected }) => expected?.includes('clock of')))
  }
})

test.serial('clock skew: is recorded, and comes back from a file and from a token', async (t) => {
  const subject = await subjectFrom(readers(`clockSkewMsMax: ${SKEW}`))
  let between = false
  for (let seed = 1; seed <= 20; seed++) {
    const outcome = await outcomeOf(subject, seed)
    const labels = outcome.recording.choices.map(({ expected }) => expected)
    t.true(labels.includes('clock of peer 0') && labels.includes('clock of peer 1'))
    between ||= labels.includes('ms that the clock of peer 1 is ahead')
    for (const text of [recordingFile(outcome.recording), recordingToken(outcome.recording)]) {
      const again = await replay(parseRecording(text), subject)
      t.deepEqual(again.skewedClocks, outcome.skewedClocks)
      t.deepEqual(readingsOf(again, 1), readingsOf(outcome, 1))
    }
  }
  t.true(between)
})

test.serial('clock skew: a peer that starts again has another clock, and a recovery has its own', async (t) => {
  const subject = await subjectFrom(
    readers(`
      clockSkewMsMax: ${SKEW},
      faults: { crashes: 1, restarts: 1 },
      recover({ words }, dead, me) { Atomics.load(words, 0); me.event('recovery', { ahead: me.clockAheadMs, now: me.now() }) },
    `),
  )
  let changed = false
  const recoveries = new Set<number>()
  for (let seed = 1; seed <= 300; seed++) {
    const { history, failure } = await outcomeOf(subject, seed)
    t.is(failure, undefined, failure?.message)
    for (const event of history) {
      if (event.name === 'recovery') {
        const { ahead, now } = event.data as { ahead: number; now: number }
        t.true(now >= EPOCH_MS + ahead)
        recoveries.add(ahead)
      }
      if (event.kind !== 'event' || event.incarnation === 0 || event.name !== 'clock') continue
      const first = history.find((other) => other.name === 'clock' && other.peer === event.peer && other.incarnation === 0)
      changed ||= first !== undefined && (first.data as Reading).ahead !== (event.data as Reading).ahead
    }
  }
  t.true(changed)
  t.true(recoveries.has(0) && recoveries.has(SKEW))
})

test.serial('clock skew: time stops just before, at and just after a deadline by the clock of each peer', async (t) => {
  const subject = await subjectFrom(`
    export default scenario('leases', {
      peers: 2,
      clockSkewMsMax: ${SKEW},
      setup: () => ({ words: new Int32Array(new SharedArrayBuffer(8)), expiry: Date.now() + 5000 }),
      peer({ words, expiry }, me) {
        for (let i = 0; i < 8; i++) { Atomics.load(words, 0); me.event('left', { left: expiry - me.now(), ahead: me.clockAheadMs }) }
      },
      deadlines: ({ expiry }) => [expiry],
    })`)
  for (const strategy of [new RandomWalk(), new Pct(3)]) {
    const seen = new Set<string>()
    for (let seed = 1; seed <= 400; seed++) {
      const { history, failure, skewedClocks } = await outcomeOf(subject, seed, strategy)
      t.is(failure, undefined, failure?.message)
      if (!skewedClocks.some(({ aheadMs }) => aheadMs === SKEW)) continue
      for (const { data } of history) {
        const { left, ahead } = data as { left: number; ahead: number }
        if (ahead === 0 || ahead === SKEW) seen.add(`${ahead}: ${left}`)
      }
    }
    for (const ahead of [0, SKEW])
      for (const left of [1, 0, -1]) t.true(seen.has(`${ahead}: ${left}`), `${strategy.name}: ${left} ms left by a clock ${ahead} ms ahead`)
  }
})

/** A lease: others may end it once it is over by their clock and the margin. Its holder must have seen it over by then. */
const lease = (marginMs: number) => `
  export default scenario('margin ${marginMs}', {
    peers: { holder: 1, judge: 1 },
    clockSkewMsMax: ${SKEW},
    setup: () => ({ words: new Int32Array(new SharedArrayBuffer(4)), aheads: [0, 0], expiry: Date.now() + 100 }),
    peer: {
      holder({ words, aheads }, me) { aheads[0] = me.clockAheadMs; Atomics.add(words, 0, 1) },
      judge({ words, expiry }, me) {
        for (let i = 0; i < 20; i++) {
          const now = Date.now()
          if (now < expiry + ${marginMs}) continue
          me.event('ended')
          Atomics.add(words, 0, 1)
          return
        }
      },
    },
    deadlines: ({ expiry }) => [expiry, expiry + ${SKEW}],
    invariants: [{ name: 'nobody-ends-it-early', onEvent(event, history, { aheads, expiry }) {
      const left = expiry - (Date.now() + aheads[0])
      return event.name === 'ended' && left > 0 ? 'the lease was ended with ' + left + ' ms left by its holder' : undefined
    } }],
  })`

test.serial('clock skew: a lease that others judge without a margin is found to end early, and one with a margin is not', async (t) => {
  for (const strategy of ['random', 'pct'] as const) {
    const bad = await campaignOf(await subjectFrom(lease(0)), { strategy, runs: 2000 })
    t.is(bad.failure?.failure?.name, 'nobody-ends-it-early', strategy)
    t.true((bad.failure?.skewedClocks.length ?? 0) > 0)
    const good = await campaignOf(await subjectFrom(lease(SKEW)), { strategy, runs: 2000 })
    t.is(good.status, 'passed', good.remarks.join())
    const tooLittle = await campaignOf(await subjectFrom(lease(SKEW - 1)), { strategy, runs: 20_000 })
    t.is(tooLittle.failure?.failure?.name, 'nobody-ends-it-early', strategy)
  }
})

test('clock skew: what is no number of milliseconds is refused', (t) => {
  for (const clockSkewMsMax of [-1, 0.5, Number.NaN, Number.POSITIVE_INFINITY, '50' as unknown as number])
    t.throws(() => subjectOf({ peers: 1, clockSkewMsMax, setup: () => 0, *peer() {} }), { message: /expected clockSkewMsMax to be an integer of at least 0/ })
})
