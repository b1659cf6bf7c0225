// Two submitters and a flusher that makes the three calls of a flush itself, so that submissions fall between them.

import { scenario } from 'heddle'
import { deliveredIsDurable, markerNamesDurableData, oneResultEach, publishedWithinDurable } from '../../invariants/write-coordinator/public.js'
import { judgedBy, nameFor } from '../judged.js'
import { FirstBarrierMarksAllCoordinator } from '../known-bad/write-coordinator/first-barrier-marks-all.js'
import { SecondBarrierMarksAllCoordinator } from '../known-bad/write-coordinator/second-barrier-marks-all.js'
import { CoordinatorUser } from './coordinator-user.js'
import { type CoordinatorWorld, describe, freshWorld, locate, viewOf } from './coordinator-world.js'
import { good, type Subject } from './subject.js'

const SUBMITTERS = 2
const ROUNDS = 2

export function threeCalls(subject: Subject) {
  return scenario<CoordinatorWorld>(nameFor('wc-three-calls', subject), {
    about: 'submissions between the three calls of a flush',
    peers: { submitter: SUBMITTERS, flusher: 1 },
    setup: () => freshWorld(subject, SUBMITTERS),
    peer: {
      submitter(world, me) {
        const user = new CoordinatorUser(world, me)
        for (let round = 0; round < ROUNDS; round++) {
          const submission = user.prepare(user.coordinator.publishedSeq, { writePages: [ROUNDS * me.id + round] })
          const flushing = user.coordinator.inspect().pending.some(({ state }) => state !== 'ALLOCATED')
          const outcome = user.submit(submission)
          me.sometimes('submitted while others were being flushed', flushing && outcome.ok)
        }
        user.leave()
      },
      flusher(world, me) {
        const user = new CoordinatorUser(world, me)
        user.flushUntilDone(() => {
          const synced = user.fsync1()
          const markers = user.appendMarkers()
          const results = user.drain()
          me.sometimes('two commits in one group', synced === 2 && markers.length === 2 && results.length === 2)
          return results
        })
      },
    },
    ...judgedBy<CoordinatorWorld>(
      subject,
      [deliveredIsDurable(viewOf), markerNamesDurableData(viewOf), publishedWithinDurable(viewOf), oneResultEach(viewOf)],
      ['submitted while others were being flushed', 'two commits in one group'],
    ),
    describe,
    locate,
  })
}

export default [
  threeCalls(good),
  threeCalls({
    name: 'second-barrier-marks-all',
    coordinator: SecondBarrierMarksAllCoordinator,
    knownBad: {
      breaks: ['delivered-is-durable'],
      because: 'what was submitted between the two halves of a flush is acknowledged without a marker',
      hazard: 'write-coordinator H1',
      preemptions: 1,
      within: 100,
    },
    without: ['published-within-durable'],
  }),
  threeCalls({
    name: 'first-barrier-marks-all',
    coordinator: FirstBarrierMarksAllCoordinator,
    knownBad: {
      breaks: ['marker-names-durable-data'],
      because: 'what was submitted while the proofs were written gets a marker without a proof',
      hazard: 'write-coordinator H2',
      preemptions: 1,
      within: 100,
    },
  }),
]
