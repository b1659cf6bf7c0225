// References that cannot be: each field out of range, and generations of other allocations. Every call throws and changes nothing.

import { type PeerHandle, scenario } from 'heddle'
import { refusalChangesNothing, slotEvents } from 'heddle/invariants'
import type { SlotRef } from 'heddle/primitives/varslot-pool'
import { judgedBy, nameFor } from '../judged.js'
import { NoBoundsCheckPool } from '../known-bad/varslot-pool/no-bounds-check.js'
import type { SlotPool } from '../known-bad/varslot-pool/slot-pool.js'
import { locate, memoryOf, type PoolWorld, poolWorld } from './pool-world.js'
import { codeOf } from './slot-user.js'
import { good, type Subject } from './subject.js'

const ME = 0
const OTHER = 1
const LARGEST = 128
const CONFIGS = [
  { slotSize: 64, slotCount: 2 },
  { slotSize: LARGEST, slotCount: 1 },
] as const

/** As slot words: "allocated, owner 0, generation 1". What a message may contain must not matter. */
const CUNNING_BYTES = [1, 0, 0, 0x80] as const

/** Fields to replace in a valid reference (class 0, slot 0, generation 1). */
const BAD_FIELDS: readonly Partial<SlotRef>[] = [
  { slotIdx: 2 },
  // The first slot's data, if metas went on that far.
  { slotIdx: 8 },
  { slotIdx: 9 },
  { slotIdx: -1 },
  { classIdx: 2 },
  { classIdx: -1 },
  { classIdx: 0.5 },
  { classIdx: Number.NaN },
  { extentIdx: 1 },
  { extentIdx: -1 },
  { generation: 0 },
  { generation: -1 },
  { generation: 2 },
  { generation: 2 ** 23 - 1 },
  { generation: 2 ** 23 },
  { generation: 1.5 },
  { classIdx: 1 },
  { slotIdx: 1 },
  { slotIdx: 2 ** 24 },
  { slotIdx: 0.5 },
  { slotIdx: Number.POSITIVE_INFINITY },
]

export function badRefs(subject: Subject) {
  return scenario<PoolWorld>(nameFor('varslot-bad-refs', subject), {
    about: 'references and calls that the pool must refuse without a trace',
    peers: 1,
    setup: () => poolWorld(subject, CONFIGS, 2),
    peer(world, me) {
      const pool = world.pools[ME] as SlotPool
      const refusals = new Refusals(pool, me)
      const slot = pool.allocate(64, ME)
      if (slot === undefined) throw new Error('expected a fresh pool to have a slot, got none')
      const data = pool.slotDataMut(slot)
      for (let at = 0; at < data.length; at++) data[at] = CUNNING_BYTES[at % 4] as number
      for (const fields of BAD_FIELDS) {
        const bad = { ...slot, ...fields }
        const text = JSON.stringify(fields)
        refusals.expect(`free with ${text}`, 'free', bad, ME)
        refusals.expect(`adopt with ${text}`, 'adopt', bad, ME)
        refusals.expect(`slotData with ${text}`, 'slotData', bad)
        refusals.expect(`slotDataMut with ${text}`, 'slotDataMut', bad)
      }
      refusals.expect('allocate of too many bytes', 'allocate', LARGEST + 1, ME)
      refusals.expect('allocate for a peer of another handle', 'allocate', 1, OTHER)
      refusals.expect('free by a peer of another handle', 'free', slot, OTHER)
      refusals.expect('adopt by a peer of another handle', 'adopt', slot, OTHER)
      refusals.expect('join of an id in use', 'joinPeer', OTHER)
      refusals.expect('leave with a slot', 'leavePeer', ME)
      refusals.expect('declaring oneself dead', 'declarePeerDead', ME, ME)
      refusals.expect('reclaim of a living peer', 'reclaimPeerSlots', OTHER, ME)
      refusals.expect('reclaim of oneself', 'reclaimPeerSlots', ME, ME)
      pool.free(slot, ME)
      refusals.expect('a second free', 'free', slot, ME)
      refusals.expect('adopt of a freed slot', 'adopt', slot, ME)
    },
    ...judgedBy(subject, [refusalChangesNothing(memoryOf)], []),
    describe: (world) => world.memory.describe(),
    locate,
  })
}

/** Makes calls that the pool must refuse. They are given by name: a closure for each would take longer than the call. */
class Refusals {
  readonly #pool: SlotPool
  readonly #me: PeerHandle

  constructor(pool: SlotPool, me: PeerHandle) {
    this.#pool = pool
    this.#me = me
  }

  /** Errors that are not the pool's own propagate. */
  expect<Name extends keyof SlotPool>(call: string, name: Name, ...args: Parameters<SlotPool[Name]>): void {
    this.#me.event(slotEvents.EXPECTING_REFUSAL, call)
    try {
      ;(this.#pool[name] as (...given: typeof args) => unknown)(...args)
    } catch (error) {
      const code = codeOf(error)
      if (code === undefined) throw error
      this.#me.event(slotEvents.REFUSED, code)
      return
    }
    this.#me.event(slotEvents.ACCEPTED, call)
  }
}

export default [
  badRefs(good),
  badRefs({
    name: 'no-bounds-check',
    pool: NoBoundsCheckPool,
    knownBad: {
      breaks: ['refusal-changes-nothing'],
      because: 'a slot index beyond the class names a word of its data',
      within: 1,
      hazard: 'varslot-pool H9',
      preemptions: 0,
    },
  }),
]
