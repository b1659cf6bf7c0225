// A free that comes too late: the slot was freed and allocated again, and the old reference must not free the new allocation.

import { scenario } from 'heddle'
import { freesOnlyItsGeneration, generationNeverGoesBack, noDoubleFree, noSlotListedAndHeld } from 'heddle/invariants'
import type { SlotRef } from 'heddle/primitives/varslot-pool'
import { judgedBy, nameFor } from '../judged.js'
import { FreeLoadLoadStorePool } from '../known-bad/varslot-pool/free-load-load-store.js'
import { FreeStateCasPool } from '../known-bad/varslot-pool/free-state-cas.js'
import { locate, memoryOf, type PoolWorld, smallWorld, userOf } from './pool-world.js'
import { good, type Subject } from './subject.js'

export interface World extends PoolWorld {
  /** Allocated by the holder, known to both. */
  readonly slot: SlotRef
}

const HOLDER = 1

export function staleFree(subject: Subject) {
  return scenario<World>(nameFor('varslot-stale-free', subject), {
    about: 'both peers free one slot, then one of them allocates it again',
    peers: { receiver: 1, holder: 1 },
    setup() {
      const world = smallWorld(subject, 1, 2)
      return { ...world, slot: world.pools[HOLDER]?.allocate(1, HOLDER) as SlotRef }
    },
    peer: {
      receiver(world, me) {
        const freed = userOf(world, me).tryFree(world.slot)
        me.sometimes('the late free was refused', !freed)
      },
      holder(world, me) {
        const user = userOf(world, me)
        user.tryFree(world.slot)
        const slot = user.allocate()
        me.sometimes('allocated again', slot?.slotIdx === world.slot.slotIdx)
      },
    },
    ...judgedBy(
      subject,
      [noSlotListedAndHeld(memoryOf), noDoubleFree(), freesOnlyItsGeneration(memoryOf), generationNeverGoesBack(memoryOf)],
      ['the late free was refused', 'allocated again'],
    ),
    describe: (world) => world.memory.describe(),
    locate,
  })
}

export default [
  staleFree(good),
  staleFree({
    name: 'free-load-load-store',
    pool: FreeLoadLoadStorePool,
    knownBad: {
      breaks: ['frees-only-its-generation'],
      because: 'the slot is freed and allocated again between the check and the store',
      hazard: 'varslot-pool H2',
      preemptions: 1,
    },
    without: ['no-slot-listed-and-held', 'no-double-free', 'generation-never-goes-back'],
  }),
  staleFree({
    name: 'free-load-load-store, listed',
    pool: FreeLoadLoadStorePool,
    knownBad: {
      breaks: ['no-slot-listed-and-held'],
      because: 'the late free lists the slot that its new user holds',
      hazard: 'varslot-pool H2',
      preemptions: 1,
    },
    without: ['frees-only-its-generation', 'no-double-free', 'generation-never-goes-back'],
  }),
  staleFree({
    name: 'free-state-cas',
    pool: FreeStateCasPool,
    knownBad: {
      breaks: ['frees-only-its-generation'],
      because: 'the claim is atomic in the state, not in state and generation',
      hazard: 'varslot-pool H3',
      preemptions: 1,
    },
    without: ['no-slot-listed-and-held', 'no-double-free'],
  }),
]
