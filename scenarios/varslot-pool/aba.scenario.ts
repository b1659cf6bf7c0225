// ABA on the free list: a pop pauses while the list runs empty and its top comes back.

import { scenario } from 'heddle'
import { distinctHolders, freeListSound, noSlotListedAndHeld, tagNeverDecreases } from 'heddle/invariants'
import { judgedBy, nameFor } from '../judged.js'
import { TagLostWhenEmptyPool } from '../known-bad/varslot-pool/tag-lost-when-empty.js'
import { locate, memoryOf, type PoolWorld, smallWorld, userOf } from './pool-world.js'
import { good, type Subject } from './subject.js'

const CHURNER = 1

export function aba(subject: Subject) {
  return scenario<PoolWorld>(nameFor('varslot-aba', subject), {
    about: 'a pop against pop, pop, free of the same slots',
    peers: { popper: 1, churner: 1 },
    setup() {
      const world = smallWorld(subject, 3, 2)
      // The tag is 1 now, as it will be after the list ran empty and its tag was lost.
      world.pools[CHURNER]?.allocate(1, CHURNER)
      return world
    },
    peer: {
      popper(world, me) {
        const slot = userOf(world, me).allocate()
        me.sometimes('popped what came back', slot?.generation === 2)
        me.sometimes('found the list empty', slot === undefined)
      },
      churner(world, me) {
        const user = userOf(world, me)
        const slot = user.allocate()
        user.allocate()
        if (slot !== undefined) user.free(slot)
      },
    },
    ...judgedBy(
      subject,
      [freeListSound(memoryOf), noSlotListedAndHeld(memoryOf), distinctHolders(memoryOf), tagNeverDecreases(memoryOf)],
      ['popped what came back', 'found the list empty'],
    ),
    describe: (world) => world.memory.describe(),
    locate,
  })
}

export default [
  aba(good),
  aba({
    name: 'tag-lost-when-empty',
    pool: TagLostWhenEmptyPool,
    knownBad: {
      breaks: ['no-slot-listed-and-held', 'distinct-holders'],
      because: 'the head is the same again, tag included, and its next is held',
      within: 100_000,
      hazard: 'varslot-pool H5',
      preemptions: 1,
    },
    without: ['tag-never-decreases'],
  }),
  aba({
    name: 'tag-lost-when-empty, tag',
    pool: TagLostWhenEmptyPool,
    knownBad: { breaks: ['tag-never-decreases'], because: 'the tag starts again after an empty list', within: 200, hazard: 'varslot-pool H5', preemptions: 0 },
  }),
]
