import test from 'ava'
import { ACTIVITY, BEATS, EXECUTING, HEARTBEAT_WORDS, IDLE, LOADING, SEED_HIGH, SEED_LOW } from '../../sim/heartbeat.js'
import type { Look } from './messages.js'
import { blockedSentence, seedIn, stallSentence } from './stall.js'
import { Watch } from './watch.js'

const looped: Look = {
  phase: 'peer',
  actor: 'peer 1',
  steps: 4,
  ownWork: false,
  waiting: false,
  places: ['spin (src/lock.ts:12)', 'acquire (src/lock.ts:7)', 'peer (lock.scenario.ts:9)'],
}

function watched(look: (at: number) => Look | undefined = () => looped) {
  const heartbeat = new Int32Array(HEARTBEAT_WORDS)
  heartbeat[ACTIVITY] = EXECUTING
  const state = { heartbeat, nowMs: 0, looks: 0 }
  const watch = new Watch({ heartbeat, look: async () => look(state.looks++), clockMs: () => state.nowMs }, 1000)
  /** Asks every 100 ms; the moment at which it was found stalled. */
  const stalledAt = async (untilMs: number): Promise<number | undefined> => {
    for (; state.nowMs <= untilMs; state.nowMs += 100) if ((await watch.stalled()) !== undefined) return state.nowMs
    return undefined
  }
  return { state, heartbeat, stalledAt }
}

test('watch: no beat for the time, and the same steps at a second look: stalled', async (t) => {
  const { state, stalledAt } = watched()
  t.is(await stalledAt(5000), 1100)
  t.is(state.looks, 2)
})

test('watch: a thread that does not answer is stalled at the first look', async (t) => {
  t.is(await watched(() => undefined).stalledAt(5000), 1000)
})

test('watch: each beat starts the time anew', async (t) => {
  const { state, heartbeat, stalledAt } = watched()
  for (let at = 0; at < 20; at++) {
    t.is(await stalledAt(state.nowMs + 800), undefined)
    heartbeat[BEATS] = (heartbeat[BEATS] as number) + 1
  }
  t.is(state.looks, 0)
})

test('watch: an execution that takes steps gets somewhere, however long it is', async (t) => {
  const { state, stalledAt } = watched((at) => ({ ...looped, steps: at < 30 ? at : 30 }))
  const ms = await stalledAt(60_000)
  t.is(state.looks, 32)
  t.true((ms as number) > 3000)
})

test('watch: a beat during the look is a sign of life, whatever was seen', async (t) => {
  const { heartbeat, stalledAt } = watched(() => {
    heartbeat[BEATS] = (heartbeat[BEATS] as number) + 1
    return undefined
  })
  t.is(await stalledAt(20_000), undefined)
})

test("watch: Heddle's own work is never a stall", async (t) => {
  const { heartbeat, stalledAt } = watched(() => ({ ...looped, ownWork: true }))
  heartbeat[ACTIVITY] = LOADING
  t.is(await stalledAt(60_000), undefined)
  heartbeat[ACTIVITY] = IDLE
  t.is(await stalledAt(120_000), undefined)
})

test('stall: one sentence for each phase', (t) => {
  const activity = { kind: 'executing', scenario: 'lock', strategy: 'pct' } as const
  const start = 'scenario "lock" (strategy pct, seed 9f): expected '
  const end = ', got none for 10 s, in spin (src/lock.ts:12) called by acquire (src/lock.ts:7)'
  const sentence = (look: Look | undefined) => stallSentence(activity, '9f', look, 10_000)
  t.is(sentence(looped), `${start}a step or an end of peer 1 after step 4${end}`)
  t.is(sentence({ ...looped, steps: 0, phase: 'setup' }), `${start}an end of setup${end}`)
  t.is(sentence({ ...looped, phase: 'check' }), `${start}an answer of an invariant (or of describe, locate or deadlines) after step 4${end}`)
  t.is(sentence(undefined), `${start}a step or an end, got none for 10 s`)
  t.is(
    stallSentence({ kind: 'loading', file: 'a.ts' }, '0', { ...looped, phase: undefined, waiting: true, places: [] }, 10_000),
    'a.ts: expected an end of its top level while it was loaded, got none for 10 s; it waits for something that does not come',
  )
  t.is(
    blockedSentence(activity, looped),
    'stopped in the middle: scenario "lock" did not come to a point at which it could be stopped, in spin (src/lock.ts:12) called by acquire (src/lock.ts:7)',
  )
})

test('stall: what is not known is left out', (t) => {
  const activity = { kind: 'executing', scenario: 'lock', strategy: 'pct' } as const
  t.is(stallSentence(undefined, '0', undefined, 700), 'expected a sign of life, got none for 700 ms')
  t.is(
    stallSentence(activity, '9f', { ...looped, steps: 0, places: [] }, 700),
    'scenario "lock" (strategy pct, seed 9f): expected a step or an end of peer 1, got none for 700 ms',
  )
  t.is(
    stallSentence(activity, '9f', { ...looped, phase: 'check', steps: 0, places: [] }, 700),
    'scenario "lock" (strategy pct, seed 9f): expected an answer of an invariant (or of describe, locate or deadlines), got none for 700 ms',
  )
  const blocked = (given: Parameters<typeof blockedSentence>[0]) => blockedSentence(given, undefined)
  t.is(blocked(undefined), 'stopped in the middle: the command did not come to a point at which it could be stopped')
  t.is(blocked({ kind: 'loading', file: 'a.ts' }), 'stopped in the middle: a.ts did not come to a point at which it could be stopped')
})

test('stall: the seed is put together from its two words', (t) => {
  const heartbeat = new Int32Array(HEARTBEAT_WORDS)
  for (const seed of [0, 1, 0x9f21c4, 0xffff_ffff, 0xffff_ffff_ffff, 0x8000_0000_0001]) {
    heartbeat[SEED_LOW] = seed | 0
    heartbeat[SEED_HIGH] = seed / 0x1_0000_0000
    t.is(seedIn(heartbeat), seed.toString(16))
  }
})
