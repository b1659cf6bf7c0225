// A host dies in the middle of a reclaim, lock in hand, and another one finishes both.

import { type PeerHandle, scenario } from 'heddle'
import { blockedOnlyByTheLiving, freeListSound, noSlotListedAndHeld, nothingLeaked, reclaimTakesOnlyFromTheDead } from 'heddle/invariants'
import { judgedBy, nameFor } from '../judged.js'
import { ReclaimLockNotTakenOverPool } from '../known-bad/varslot-pool/reclaim-lock-not-taken-over.js'
import { DEAD, DONE, Fate, RUNNING } from './fate.js'
import { locate, memoryOf, type PoolWorld, reclaimUntilComplete, recoverPeer, smallWorld, userOf } from './pool-world.js'
import { good, type Subject } from './subject.js'

export interface World extends PoolWorld {
  readonly fateOfP: Fate
}

const P = 1
const H2 = 3

export function reclaimerDies(subject: Subject) {
  return scenario<World>(nameFor('varslot-reclaimer-dies', subject), {
    about: 'p dies; h1 reclaims it and dies; h2 reclaims h1 and p, beside q',
    peers: { q: 1, p: 1, h1: 1 },
    setup: () => ({ ...smallWorld(subject, 1, 4), fateOfP: new Fate() }),
    peer: {
      q: allocateAndFree,
      p(world, me) {
        allocateAndFree(world, me)
        world.fateOfP.set(DONE)
      },
      h1(world, me) {
        const fate = world.fateOfP.waitWhile(RUNNING)
        if (fate === DEAD) reclaimP(world, me.id, me)
      },
    },
    recover(world, dead, me) {
      if (dead.kind === 'p') {
        world.fateOfP.set(DEAD)
        return
      }
      me.sometimes('died with the reclaim lock', world.memory.lockHolder() === dead.id)
      recoverPeer(world, dead, H2, me)
      const fate = world.fateOfP.waitWhile(RUNNING)
      if (fate === DEAD) reclaimP(world, H2, me)
    },
    faults: { crashes: 2, victims: ['p', 'h1'] },
    ...judgedBy(
      subject,
      [
        freeListSound(memoryOf),
        noSlotListedAndHeld(memoryOf),
        nothingLeaked(memoryOf),
        reclaimTakesOnlyFromTheDead(memoryOf),
        blockedOnlyByTheLiving(memoryOf),
      ],
      ['died with the reclaim lock', 'crashed in limbo', 'reclaim recovered a slot in limbo'],
    ),
    describe: (world) => world.memory.describe(),
    locate,
  })
}

/** Declares p dead and reclaims it, unless the other host was here before. */
function reclaimP(world: World, host: number, me: PeerHandle): void {
  const user = userOf(world, me, host)
  const state = user.pool.peerState(P)
  if (state === 'empty') return
  if (state === 'live') user.pool.declarePeerDead(P, host)
  reclaimUntilComplete(user, P, me)
}

function allocateAndFree(world: World, me: PeerHandle): void {
  const user = userOf(world, me)
  const slot = user.allocate()
  if (slot !== undefined) user.free(slot)
}

export default [
  reclaimerDies(good),
  reclaimerDies({
    name: 'reclaim-lock-not-taken-over',
    pool: ReclaimLockNotTakenOverPool,
    knownBad: { breaks: ['blocked-only-by-the-living'], because: 'the lock of a dead reclaimer is respected for good' },
  }),
]
