// Two submitters and two flushers: of two flushes that meet, one is refused.

import { scenario } from 'heddle'
import { epochCountsGroups, markerNamesDurableData, markersFormAChain, oneResultEach } from '../../invariants/write-coordinator/public.js'
import { judgedBy, nameFor } from '../judged.js'
import { OverlappingFlushesCoordinator } from '../known-bad/write-coordinator/overlapping-flushes.js'
import { CoordinatorUser } from './coordinator-user.js'
import { type CoordinatorWorld, describe, freshWorld, locate, viewOf } from './coordinator-world.js'
import { good, type Subject } from './subject.js'

const SUBMITTERS = 2
const ROUNDS = 2

export function twoFlushers(subject: Subject) {
  return scenario<CoordinatorWorld>(nameFor('wc-two-flushers', subject), {
    about: 'two flush at the same time',
    peers: { submitter: SUBMITTERS, flusher: 2 },
    setup: () => freshWorld(subject, SUBMITTERS),
    peer: {
      submitter(world, me) {
        const user = new CoordinatorUser(world, me)
        for (let round = 0; round < ROUNDS; round++) {
          const submission = user.prepare(user.coordinator.publishedSeq, { writePages: [ROUNDS * me.id + round] })
          user.submit(submission)
        }
        user.leave()
      },
      flusher(world, me) {
        const user = new CoordinatorUser(world, me)
        user.flushUntilDone(() => {
          const results = user.tryFlush()
          me.sometimes('a flush was refused', results === undefined)
          return results
        })
      },
    },
    ...judgedBy<CoordinatorWorld>(
      subject,
      [markerNamesDurableData(viewOf), markersFormAChain(viewOf), oneResultEach(viewOf), epochCountsGroups(viewOf)],
      ['a flush was refused'],
    ),
    describe,
    locate,
  })
}

export default [
  twoFlushers(good),
  twoFlushers({
    name: 'overlapping-flushes',
    coordinator: OverlappingFlushesCoordinator,
    knownBad: {
      breaks: ['marker-names-durable-data', 'markers-form-a-chain'],
      because: 'two flushes write the same commits',
      hazard: 'write-coordinator H8',
      preemptions: 1,
      within: 100,
    },
  }),
]
