// A peer crashes at any step of its allocations and frees, and the host takes back what it had.

import { scenario } from 'heddle'
import { distinctHolders, freeListSound, limboIsNamed, noSlotListedAndHeld, nothingLeaked, reclaimTakesOnlyFromTheDead } from 'heddle/invariants'
import { judgedBy, nameFor } from '../judged.js'
import { NoIntentPool } from '../known-bad/varslot-pool/no-intent.js'
import { OwnerAfterPublishPool } from '../known-bad/varslot-pool/owner-after-publish.js'
import { RecoverWithoutChecksPool } from '../known-bad/varslot-pool/recover-without-checks.js'
import { locate, memoryOf, type PoolWorld, recoverPeer, smallWorld, userOf } from './pool-world.js'
import { good, type Subject } from './subject.js'

const HOST = 2

export function crashEverywhere(subject: Subject) {
  return scenario<PoolWorld>(nameFor('varslot-crash-everywhere', subject), {
    about: 'p dies at any step of allocate, free, allocate; the host reclaims it beside q',
    // q is peer 0: an allocation without owner then seems to be a living peer's.
    peers: { q: 1, p: 1 },
    setup: () => smallWorld(subject, 2, 3),
    peer: {
      q(world, me) {
        const user = userOf(world, me)
        const slot = user.allocate()
        if (slot !== undefined) user.free(slot)
      },
      p(world, me) {
        const user = userOf(world, me)
        const slot = user.allocate()
        if (slot !== undefined) user.free(slot)
        user.allocate()
      },
    },
    recover(world, dead, me) {
      recoverPeer(world, dead, HOST, me)
    },
    faults: { crashes: 1, victims: ['p'] },
    ...judgedBy(
      subject,
      [
        freeListSound(memoryOf),
        noSlotListedAndHeld(memoryOf),
        distinctHolders(memoryOf),
        limboIsNamed(memoryOf),
        nothingLeaked(memoryOf),
        reclaimTakesOnlyFromTheDead(memoryOf),
      ],
      ['crashed in limbo', 'reclaim freed a slot', 'reclaim recovered a slot in limbo', 'reclaim was blocked'],
    ),
    describe: (world) => world.memory.describe(),
    locate,
  })
}

export default [
  crashEverywhere(good),
  crashEverywhere({
    name: 'no-intent',
    pool: NoIntentPool,
    knownBad: { breaks: ['nothing-leaked'], because: 'a slot in limbo is known to its dead peer alone', hazard: 'varslot-pool H4', preemptions: 0 },
    without: ['limbo-is-named'],
  }),
  crashEverywhere({
    name: 'no-intent, named',
    pool: NoIntentPool,
    knownBad: {
      breaks: ['limbo-is-named'],
      because: 'a slot in limbo is known to its dead peer alone',
      within: 200,
      hazard: 'varslot-pool H4',
      preemptions: 0,
    },
  }),
  crashEverywhere({
    name: 'recover-without-checks',
    pool: RecoverWithoutChecksPool,
    knownBad: {
      breaks: ['free-list-sound', 'no-slot-listed-and-held', 'distinct-holders', 'peer threw'],
      because: 'recovery pushes a slot that is listed or in use',
      hazard: 'varslot-pool H10',
      preemptions: 0,
    },
  }),
  crashEverywhere({
    name: 'owner-after-publish',
    pool: OwnerAfterPublishPool,
    knownBad: { breaks: ['nothing-leaked'], because: 'an allocated slot has no owner for one step', hazard: 'varslot-pool H13', preemptions: 0 },
  }),
]
