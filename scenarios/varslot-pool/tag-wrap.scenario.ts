// A pop pauses while the head changes 16 times and shows the same slot again: a tag must not come round that fast.

import { scenario } from 'heddle'
import { distinctHolders, noSlotListedAndHeld } from 'heddle/invariants'
import type { SlotRef } from 'heddle/primitives/varslot-pool'
import { judgedBy, nameFor } from '../judged.js'
import { Tag4BitsPool } from '../known-bad/varslot-pool/tag-4-bits.js'
import { locate, memoryOf, type PoolWorld, smallWorld, userOf } from './pool-world.js'
import { good, type Subject } from './subject.js'

/** Three pops, a free, and six times pop and free: 16 changes of the head. */
const CHURNS = 6

export function tagWrap(subject: Subject) {
  return scenario<PoolWorld>(nameFor('varslot-tag-wrap', subject), {
    about: 'a pop against 16 changes of the head',
    peers: { popper: 1, churner: 1 },
    setup: () => smallWorld(subject, 3, 2),
    peer: {
      popper(world, me) {
        const slot = userOf(world, me).allocate()
        me.sometimes('popped what was used before', (slot?.generation ?? 0) > 1)
      },
      churner(world, me) {
        const user = userOf(world, me)
        let slot = user.allocate()
        // Held to the end: what the popper read as the next of the first slot.
        user.allocate()
        user.allocate()
        for (let churn = 0; churn < CHURNS; churn++) {
          freeIfAny(slot)
          slot = user.allocate()
        }
        freeIfAny(slot)

        function freeIfAny(held: SlotRef | undefined): void {
          if (held !== undefined) user.free(held)
        }
      },
    },
    ...judgedBy(subject, [noSlotListedAndHeld(memoryOf), distinctHolders(memoryOf)], ['popped what was used before']),
    describe: (world) => world.memory.describe(),
    locate,
  })
}

export default [
  tagWrap(good),
  tagWrap({
    name: 'tag-4-bits',
    pool: Tag4BitsPool,
    knownBad: {
      breaks: ['no-slot-listed-and-held', 'distinct-holders'],
      because: 'the tag is the same again after 16 changes',
      within: 200_000,
      hazard: 'varslot-pool H15',
      preemptions: 1,
    },
  }),
]
