// A barrier of two, of which one member is dead: two parties want its seat, both reset the barrier, and one of them is slow. The lease of the
// other member ends meanwhile.

import { scenario } from 'heddle'
import { barrierCountsOnce } from '../../invariants/fabric-sync/barrier-counts-once.js'
import { barrierNeverHangs } from '../../invariants/fabric-sync/barrier-never-hangs.js'
import { barrierWaitsForAll } from '../../invariants/fabric-sync/barrier-waits-for-all.js'
import { endedLeaseChangesNothing } from '../../invariants/fabric-sync/ended-lease-changes-nothing.js'
import { judgedBy, nameFor } from '../judged.js'
import { EmptiesSeatsLate } from '../known-bad/fabric-sync/barrier-empties-seats-late.js'
import { MEMBER_LABELS, replace, waitFor } from './barrier-member.js'
import { BarrierUser } from './barrier-user.js'
import { type BarrierSubject, BarrierWorld, barrierOf, goodBarrier, reporting, shownBarrier } from './barrier-world.js'
import { deadlines, OUTLASTING_MS, wordsOf } from './fabric-world.js'

const PARTIES = 2
/** The member, the dead one, the two that want its seat. */
const LEASE_MS = [4, OUTLASTING_MS, OUTLASTING_MS, OUTLASTING_MS]
const DEAD = 1
const PHASE = 1

export function barrierSlowReset(subject: BarrierSubject) {
  const steps = reporting(subject)
  return scenario<BarrierWorld>(nameFor('fabric-barrier-slow-reset', subject), {
    about: 'two parties reset a barrier at the same time, one slowly, while a member expires',
    // The dead member's peer only gives its lease back.
    peers: { member: 1, dead: 1, replacement: 2 },
    setup() {
      const world = new BarrierWorld(PARTIES, { leaseMs: LEASE_MS }, PARTIES)
      world.leases[DEAD]?.release()
      return world
    },
    peer: {
      member(world, me) {
        waitFor(PHASE, BarrierUser.of(world, steps, me), me)
      },
      dead() {},
      replacement(world, me) {
        const complete = replace(PHASE, BarrierUser.of(world, steps, me), me)
        me.sometimes('complete with a replacement', complete)
      },
    },
    ...judgedBy(
      subject,
      [barrierWaitsForAll(barrierOf), barrierCountsOnce(barrierOf), barrierNeverHangs(barrierOf), endedLeaseChangesNothing(wordsOf)],
      [...MEMBER_LABELS, 'complete with a replacement'],
    ),
    ...shownBarrier,
    deadlines,
  })
}

export default [
  barrierSlowReset(goodBarrier),
  barrierSlowReset({
    name: 'barrier-empties-seats-late',
    steps: EmptiesSeatsLate,
    knownBad: {
      breaks: ['barrier-waits-for-all'],
      because: 'a slow resetter empties the seat of a member that was counted after another reset; whoever takes the seat is counted beside it',
      within: 40_000,
      preemptions: 1,
    },
  }),
]
