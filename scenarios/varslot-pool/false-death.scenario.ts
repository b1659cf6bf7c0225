// A slow peer is declared dead by mistake while it pauses between two operations, and a new peer gets its id. When the slow one goes
// on, the pool must refuse it.
//
// A peer declared dead inside an operation would break the pool's contract, so the host waits for the pause: the slow peer's
// state is a word beside the pool that both change by compare-and-swap.

import { type PeerHandle, scenario } from 'heddle'
import { limboIsNamed, reclaimTakesOnlyFromTheDead } from 'heddle/invariants'
import { judgedBy, nameFor } from '../judged.js'
import { NoStatusCheckPool } from '../known-bad/varslot-pool/no-status-check.js'
import type { SlotPool } from '../known-bad/varslot-pool/slot-pool.js'
import { DONE, Fate, RECLAIMED } from './fate.js'
import { memoryOf, type PoolWorld, reclaimUntilComplete, SLOT_SIZE, smallWorld, userOf } from './pool-world.js'
import { SlotUser } from './slot-user.js'
import { good, type Subject } from './subject.js'

// States of the slow peer. RUNNING -> PAUSED -> RESUMED, or PAUSED -> ACCUSED -> CONDEMNED by the host that takes it for
// dead; any of them -> CRASHED.
const RUNNING = 0
const PAUSED = 1
const RESUMED = 2
const ACCUSED = 3
const CONDEMNED = 4
const CRASHED = 5
const STATE = 0

export interface World extends PoolWorld {
  readonly state: Int32Array
  /** The new peer's handle; it joins under the id of the slow one. */
  readonly heirPool: SlotPool
  /** Whether the slow peer's id may be joined: RUNNING until that is known, then DONE (no) or RECLAIMED (yes). */
  readonly fateOfId: Fate
}

const SLOW = 0
const HOST = 2
const SLOT_COUNT = 2
const PAUSE_MS = 10

export function falseDeath(subject: Subject) {
  return scenario<World>(nameFor('varslot-false-death', subject), {
    about: 'a pausing peer is declared dead by mistake, its id is given away, and it goes on',
    peers: { slow: 1, heir: 1 },
    setup() {
      const world = smallWorld(subject, SLOT_COUNT, 3)
      const heirPool = subject.pool.attach(world.buffer, 0, [{ slotSize: SLOT_SIZE, slotCount: SLOT_COUNT }])
      return { ...world, heirPool, fateOfId: new Fate(), state: new Int32Array(new SharedArrayBuffer(4)) }
    },
    peer: {
      slow(world, me) {
        const user = userOf(world, me)
        const before = user.allocate()
        const accused = pause(world)
        const after = user.tryAllocate()
        me.sometimes('refused after the pause', accused && after === undefined)
        if (accused) return
        if (before !== undefined) user.free(before)
        world.fateOfId.set(DONE)
      },
      heir(world, me) {
        const fate = world.fateOfId.waitWhile(RUNNING)
        if (fate === DONE) return
        world.heirPool.joinPeer(SLOW)
        const user = new SlotUser(world.heirPool, SLOW, me)
        const slot = user.allocate()
        me.sometimes('the id has a new user', slot !== undefined)
        if (slot !== undefined) user.free(slot)
      },
    },
    recover(world, dead, me) {
      const dismissed = dead.crashed ? bury(world) : accuse(world)
      if (dismissed) takeOver(world, dead.crashed, me)
    },
    faults: { crashes: 1, falseDeaths: 1, victims: ['slow'] },
    ...judgedBy(subject, [limboIsNamed(memoryOf), reclaimTakesOnlyFromTheDead(memoryOf)], ['refused after the pause', 'the id has a new user']),
    describe: (world) => ({ slow: STATE_NAMES[world.state[STATE] as number], ...world.memory.describe() }),
  })
}

const STATE_NAMES = ['runs', 'pauses', 'resumed', 'accused', 'condemned', 'crashed'] as const

/** The slow peer stands still for a while; says whether it was declared dead meanwhile. */
function pause({ state }: World): boolean {
  Atomics.store(state, STATE, PAUSED)
  Atomics.notify(state, STATE)
  // Ends early when the host accuses it.
  Atomics.wait(state, STATE, PAUSED, PAUSE_MS)
  const before = Atomics.compareExchange(state, STATE, PAUSED, RESUMED)
  if (before === PAUSED) return false
  // The host declares it dead right now; what the pool does before that would be inside the declaration.
  for (;;) {
    const now = Atomics.load(state, STATE)
    if (now !== ACCUSED) return true
    Atomics.wait(state, STATE, ACCUSED)
  }
}

/** Waits for the slow peer's pause; says whether it may be declared dead. */
function accuse({ state }: World): boolean {
  for (;;) {
    const now = Atomics.load(state, STATE)
    if (now !== RUNNING) break
    Atomics.wait(state, STATE, RUNNING)
  }
  const before = Atomics.compareExchange(state, STATE, PAUSED, ACCUSED)
  return before === PAUSED
}

/** The slow peer has crashed; says whether nobody had declared it dead before. */
function bury({ state }: World): boolean {
  const before = Atomics.exchange(state, STATE, CRASHED)
  Atomics.notify(state, STATE)
  return before !== ACCUSED && before !== CONDEMNED
}

/** Declares the slow peer dead, lets it go on if it lives, and gives its id away. */
function takeOver(world: World, crashed: boolean, me: PeerHandle): void {
  const host = userOf(world, me, HOST)
  host.pool.declarePeerDead(SLOW, HOST)
  if (!crashed) {
    Atomics.compareExchange(world.state, STATE, ACCUSED, CONDEMNED)
    Atomics.notify(world.state, STATE)
  }
  const complete = reclaimUntilComplete(host, SLOW, me)
  world.fateOfId.set(complete ? RECLAIMED : DONE)
}

export default [
  falseDeath(good),
  falseDeath({
    name: 'no-status-check',
    pool: NoStatusCheckPool,
    knownBad: {
      breaks: ['limbo-is-named'],
      because: 'the slow peer and the new user of its id share one intent word',
      hazard: 'varslot-pool H14',
      preemptions: 1,
    },
    without: ['reclaim-takes-only-from-the-dead'],
  }),
  falseDeath({
    name: 'no-status-check, reclaimed',
    pool: NoStatusCheckPool,
    knownBad: {
      breaks: ['reclaim-takes-only-from-the-dead'],
      because: 'the slow peer allocates under its old id while that is reclaimed',
      hazard: 'varslot-pool H14',
      preemptions: 1,
    },
    without: ['limbo-is-named'],
  }),
]
