// One member dies or its lease ends; the others reset the barrier, a replacement takes the seat, and the phase completes.

import { type Faults, type PeerHandle, scenario } from 'heddle'
import { barrierCountsOnce } from '../../invariants/fabric-sync/barrier-counts-once.js'
import { barrierNeverHangs } from '../../invariants/fabric-sync/barrier-never-hangs.js'
import { barrierWaitsForAll } from '../../invariants/fabric-sync/barrier-waits-for-all.js'
import { endedLeaseChangesNothing } from '../../invariants/fabric-sync/ended-lease-changes-nothing.js'
import { judgedBy, nameFor } from '../judged.js'
import { CheckFirst } from '../known-bad/fabric-sync/barrier-check-first.js'
import { NoRecheck } from '../known-bad/fabric-sync/barrier-no-recheck.js'
import { ResetMovesPhase } from '../known-bad/fabric-sync/barrier-reset-moves-phase.js'
import { OwnByWord } from '../known-bad/fabric-sync/own-by-word.js'
import { MEMBER_LABELS, replace, waitFor } from './barrier-member.js'
import { BarrierUser } from './barrier-user.js'
import { type BarrierSubject, BarrierWorld, barrierOf, goodBarrier, reporting, shownBarrier } from './barrier-world.js'
import { deadlines, OUTLASTING_MS, wordsOf } from './fabric-world.js'

const PHASE = 1
/** The member that may come late. */
const LATE = 0

interface Shape {
  /** What is told apart from the other shapes. */
  readonly suffix: string
  /** Members beside the mortal one. */
  readonly members: number
  /** Of a member, of the mortal one, of the replacement, in ms. */
  readonly leaseMs: readonly [number, number, number]
  /** Whether the members have their seats when the execution begins. */
  readonly joined: boolean
  readonly faults: Faults
}

/** One of three dies or expires. */
const ONE: Shape = {
  suffix: '',
  members: 2,
  leaseMs: [OUTLASTING_MS, 4, OUTLASTING_MS],
  joined: true,
  faults: { crashes: 1, victims: ['mortal'] },
}
/** Whoever it may be. */
const ALL: Shape = { suffix: ', all mortal', members: 2, leaseMs: [60, 4, 100], joined: false, faults: { crashes: 2 } }

export function barrierDeath(subject: BarrierSubject, shape: Shape) {
  const parties = shape.members + 1
  const [memberMs, mortalMs, replacementMs] = shape.leaseMs
  const leaseMs = [...Array<number>(shape.members).fill(memberMs), mortalMs, replacementMs]
  const steps = reporting(subject)
  const member = (world: BarrierWorld, me: PeerHandle): void => {
    const user = BarrierUser.of(world, steps, me)
    // One comes late, or the phase would mostly be complete before anything happens.
    if (me.id === LATE && me.random(2) === 0) me.sleep(mortalMs)
    waitFor(PHASE, user, me)
  }
  return scenario<BarrierWorld>(nameFor(`fabric-barrier-death${shape.suffix}`, subject), {
    about: 'a member dies or expires, the barrier is reset, a replacement joins and the phase completes',
    peers: { member: shape.members, mortal: 1, replacement: 1 },
    setup: () => new BarrierWorld(parties, { leaseMs, sessions: subject.sessions }, shape.joined ? parties : 0),
    peer: {
      member,
      mortal: member,
      replacement(world, me) {
        me.sleep(mortalMs)
        const complete = replace(PHASE, BarrierUser.of(world, steps, me), me)
        me.sometimes('complete with the replacement', complete)
      },
    },
    faults: shape.faults,
    ...judgedBy(
      subject,
      [barrierWaitsForAll(barrierOf), barrierCountsOnce(barrierOf), barrierNeverHangs(barrierOf), endedLeaseChangesNothing(wordsOf)],
      [...MEMBER_LABELS, 'complete with the replacement'],
    ),
    ...shownBarrier,
    deadlines,
  })
}

export default [
  barrierDeath(goodBarrier, ONE),
  barrierDeath(goodBarrier, ALL),
  barrierDeath(
    {
      ...goodBarrier,
      name: 'own-by-word',
      sessions: OwnByWord,
      knownBad: {
        breaks: ['ended-lease-changes-nothing'],
        because: 'a member arrives after its lease ended',
        within: 1000,
        preemptions: 0,
      },
    },
    ONE,
  ),
  barrierDeath(
    {
      name: 'barrier-check-first',
      steps: CheckFirst,
      knownBad: {
        breaks: ['barrier-waits-for-all'],
        because: 'a party that passed its check is counted after the others have reset the barrier without it',
        within: 40_000,
        hazard: 'fabric-sync H10',
        preemptions: 1,
      },
    },
    ONE,
  ),
  barrierDeath(
    {
      name: 'barrier-no-recheck',
      steps: NoRecheck,
      knownBad: {
        breaks: ['barrier-waits-for-all'],
        because: 'a party takes the phase that its replacement completed for its own',
        within: 100_000,
        hazard: 'fabric-sync H11',
        preemptions: 1,
      },
    },
    ONE,
  ),
  barrierDeath(
    {
      name: 'barrier-reset-moves-phase',
      steps: ResetMovesPhase,
      knownBad: {
        breaks: ['barrier-waits-for-all'],
        because: 'a waiter takes a reset for a completed phase',
        within: 10_000,
        hazard: 'fabric-sync H12',
        preemptions: 0,
      },
    },
    ONE,
  ),
]
