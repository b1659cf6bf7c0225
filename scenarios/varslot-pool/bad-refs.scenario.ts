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
      const slot = pool.allocate(64, ME)
      if (slot === undefined) throw new Error('expected a fresh pool to have a slot, got none')
      const data = pool.slotDataMut(slot)
      for (let at = 0; at < data.length; at++) data[at] = CUNNING_BYTES[at % 4] as number
      for (const fields of BAD_FIELDS) {
        const bad = { ...slot, ...fields }
        const text = JSON.stringify(fields)
        mustThrow(me, `free with ${text}`, () => pool.free(bad, ME))
        mustThrow(me, `adopt with ${text}`, () => pool.adopt(bad, ME))
        mustThrow(me, `slotData with ${text}`, () => pool.slotData(bad))
        mustThrow(me, `slotDataMut with ${text}`, () => pool.slotDataMut(bad))
      }
      mustThrow(me, 'allocate of too many bytes', () => pool.allocate(LARGEST + 1, ME))
      mustThrow(me, 'allocate for a peer of another handle', () => pool.allocate(1, OTHER))
      mustThrow(me, 'free by a peer of another handle', () => pool.free(slot, OTHER))
      mustThrow(me, 'adopt by a peer of another handle', () => pool.adopt(slot, OTHER))
      mustThrow(me, 'join of an id in use', () => pool.joinPeer(OTHER))
      mustThrow(me, 'leave with a slot', () => pool.leavePeer(ME))
      mustThrow(me, 'declaring oneself dead', () => pool.declarePeerDead(ME, ME))
      mustThrow(me, 'reclaim of a living peer', () => pool.reclaimPeerSlots(OTHER, ME))
      mustThrow(me, 'reclaim of oneself', () => pool.reclaimPeerSlots(ME, ME))
      pool.free(slot, ME)
      mustThrow(me, 'a second free', () => pool.free(slot, ME))
      mustThrow(me, 'adopt of a freed slot', () => pool.adopt(slot, ME))
    },
    ...judgedBy(subject, [refusalChangesNothing(memoryOf)], []),
    describe: (world) => world.memory.describe(),
    locate,
  })
}

/** Errors that are not the pool's own propagate. */
function mustThrow(me: PeerHandle, call: string, run: () => unknown): void {
  me.event(slotEvents.EXPECTING_REFUSAL, call)
  try {
    run()
  } catch (error) {
    const code = codeOf(error)
    if (code === undefined) throw error
    me.event(slotEvents.REFUSED, code)
    return
  }
  me.event(slotEvents.ACCEPTED, call)
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
