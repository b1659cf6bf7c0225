// Several size classes under mixed traffic: sizes at random, drained and refilled, with crashes. The largest of the scenarios.

import { scenario } from 'heddle'
import { freeListSound, generationNeverGoesBack, noSlotListedAndHeld, nothingLeaked, refusedOnlyWhenEmpty } from 'heddle/invariants'
import type { SlotRef } from 'heddle/primitives/varslot-pool'
import { judgedBy, nameFor } from '../judged.js'
import { locate, memoryOf, type PoolWorld, poolWorld, recoverPeer, userOf } from './pool-world.js'
import { good, type Subject } from './subject.js'

const PEERS = 3
const OPERATIONS = 6
const SIZES = [16, 64, 256] as const
const CONFIGS = [
  { slotSize: 16, slotCount: 2 },
  { slotSize: 64, slotCount: 2 },
  { slotSize: 256, slotCount: 1 },
] as const

export function classes(subject: Subject) {
  return scenario<PoolWorld>(nameFor('varslot-classes', subject), {
    about: 'three peers allocate and free at random in three classes, and may crash',
    peers: PEERS,
    // One id for each peer, and one for the host that recovers it.
    setup: () => poolWorld(subject, CONFIGS, 2 * PEERS),
    peer(world, me) {
      const user = userOf(world, me)
      const held: SlotRef[] = []
      for (let operation = 0; operation < OPERATIONS; operation++) {
        if (held.length > 0 && me.random(2) === 1) {
          const [slot] = held.splice(me.random(held.length), 1)
          user.free(slot as SlotRef)
          continue
        }
        const size = SIZES[me.random(SIZES.length)] as number
        const slot = user.allocate(size)
        me.sometimes('every fitting class was empty', slot === undefined)
        if (slot === undefined) continue
        me.sometimes('fell through to a larger class', CONFIGS[slot.classIdx]?.slotSize !== size)
        held.push(slot)
      }
    },
    recover(world, dead, me) {
      recoverPeer(world, dead, PEERS + dead.id, me)
    },
    faults: { crashes: 2 },
    ...judgedBy(
      subject,
      [freeListSound(memoryOf), noSlotListedAndHeld(memoryOf), nothingLeaked(memoryOf), refusedOnlyWhenEmpty(memoryOf), generationNeverGoesBack(memoryOf)],
      ['every fitting class was empty', 'fell through to a larger class', 'crashed in limbo', 'reclaim freed a slot', 'reclaim recovered a slot in limbo'],
    ),
    describe: (world) => world.memory.describe(),
    locate,
  })
}

export default [classes(good)]
