// One submits and waits, another uses `submitAndCommit`: its flush completes the commits of both.

import { scenario } from 'heddle'
import { oneResultEach } from '../../invariants/write-coordinator/public.js'
import { judgedBy, nameFor } from '../judged.js'
import { ResultsSwallowedCoordinator } from '../known-bad/write-coordinator/results-swallowed.js'
import { CoordinatorUser, codeOf } from './coordinator-user.js'
import { type CoordinatorWorld, describe, freshWorld, locate, viewOf } from './coordinator-world.js'
import { good, type Subject } from './subject.js'

const ROUNDS = 2

export function convenience(subject: Subject) {
  return scenario<CoordinatorWorld>(nameFor('wc-convenience', subject), {
    about: 'submitAndCommit beside submit',
    peers: { submitter: 1, caller: 1, drainer: 1 },
    setup: () => freshWorld(subject, 2),
    peer: {
      submitter(world, me) {
        const user = new CoordinatorUser(world, me)
        for (let round = 0; round < ROUNDS; round++) {
          const submission = user.prepare(user.coordinator.publishedSeq, { writePages: [round] })
          const outcome = user.submit(submission)
          me.step('waits')
          if (!outcome.ok) continue
          const result = user.takeResult(outcome.commitSeq)
          me.sometimes('another flushed it', result !== undefined)
        }
        user.leave()
      },
      caller(world, me) {
        const user = new CoordinatorUser(world, me)
        for (let round = 0; round < ROUNDS; round++) {
          const submission = user.prepare(user.coordinator.publishedSeq, { writePages: [ROUNDS + round] })
          try {
            user.submitAndCommit(submission)
          } catch (error) {
            if (codeOf(error) !== 'WC_BUSY') throw error
          }
        }
        user.leave()
      },
      drainer(world, me) {
        const user = new CoordinatorUser(world, me)
        user.flushUntilDone(() => user.tryFlush())
      },
    },
    ...judgedBy<CoordinatorWorld>(subject, [oneResultEach(viewOf)], ['another flushed it']),
    describe,
    locate,
  })
}

export default [
  convenience(good),
  convenience({
    name: 'results-swallowed',
    coordinator: ResultsSwallowedCoordinator,
    knownBad: {
      breaks: ['one-result-each'],
      because: 'submitAndCommit drops the results of others',
      hazard: 'write-coordinator H6',
      preemptions: 0,
      within: 100,
    },
  }),
]
