// Three members, two phases, and little patience: arrivals are withdrawn and made again.

import { type PeerHandle, scenario } from 'heddle'
import { barrierCountsOnce } from '../../invariants/fabric-sync/barrier-counts-once.js'
import { barrierNeverHangs } from '../../invariants/fabric-sync/barrier-never-hangs.js'
import { barrierWaitsForAll } from '../../invariants/fabric-sync/barrier-waits-for-all.js'
import { judgedBy, nameFor } from '../judged.js'
import { GenerationFirst } from '../known-bad/fabric-sync/barrier-generation-first.js'
import { NoWithdraw } from '../known-bad/fabric-sync/barrier-no-withdraw.js'
import { PlainCount } from '../known-bad/fabric-sync/barrier-plain-count.js'
import { BarrierUser } from './barrier-user.js'
import { type BarrierSubject, BarrierWorld, barrierOf, goodBarrier, reporting, shownBarrier } from './barrier-world.js'
import { OUTLASTING_MS } from './fabric-world.js'

const PARTIES = 3
const LEASE_MS = Array<number>(PARTIES).fill(OUTLASTING_MS)
const PHASES = 2
const ATTEMPTS_MAX = 8
const POLLS_MAX = 3

export function barrierPhases(subject: BarrierSubject) {
  const steps = reporting(subject)
  return scenario<BarrierWorld>(nameFor('fabric-barrier-phases', subject), {
    about: 'three members go through two phases, time out and try again',
    peers: PARTIES,
    setup: () => new BarrierWorld(PARTIES, { leaseMs: LEASE_MS }),
    peer(world, me: PeerHandle) {
      const user = BarrierUser.of(world, steps, me)
      let phase = 0
      let waits = 0
      for (let attempt = 0; attempt < ATTEMPTS_MAX && phase < PHASES; attempt++) {
        const outcome = user.wait(me.random(POLLS_MAX))
        if (typeof outcome === 'number') {
          me.sometimes('waited again', attempt > waits)
          phase = outcome
          waits += 1
        } else me.sometimes('timed out', outcome === 'Timeout')
      }
      me.sometimes('both phases', phase === PHASES)
    },
    ...judgedBy(
      subject,
      [barrierWaitsForAll(barrierOf), barrierCountsOnce(barrierOf), barrierNeverHangs(barrierOf)],
      ['timed out', 'waited again', 'both phases'],
    ),
    ...shownBarrier,
  })
}

export default [
  barrierPhases(goodBarrier),
  barrierPhases({
    name: 'barrier-plain-count',
    steps: PlainCount,
    knownBad: {
      breaks: ['barrier-never-hangs'],
      because: 'two load the same count, and both store one more',
      within: 5000,
      hazard: 'fabric-sync H7',
      preemptions: 1,
    },
    without: ['barrier-counts-once', 'barrier-waits-for-all'],
  }),
  barrierPhases({
    name: 'barrier-generation-first',
    steps: GenerationFirst,
    knownBad: {
      breaks: ['barrier-never-hangs'],
      because: 'the reset of the count wipes an arrival in the next phase',
      within: 60_000,
      hazard: 'fabric-sync H8',
      preemptions: 1,
    },
    without: ['barrier-counts-once', 'barrier-waits-for-all'],
  }),
  barrierPhases({
    name: 'barrier-no-withdraw',
    steps: NoWithdraw,
    knownBad: {
      breaks: ['barrier-counts-once'],
      because: 'who timed out is still counted, and is counted again',
      within: 1000,
      hazard: 'fabric-sync H9',
      preemptions: 0,
    },
    without: ['barrier-never-hangs', 'barrier-waits-for-all'],
  }),
]
