// Three submit more than may be pending, two or, in mode `solo`, one, and one of them shuts the coordinator down in the middle.

import { scenario } from 'heddle'
import { batchIsBounded, shutdownEndsAllocation } from '../../invariants/write-coordinator/public.js'
import type { OperatingMode } from '../../primitives/write-coordinator/public.js'
import { judgedBy, nameFor } from '../judged.js'
import { UnboundedBatchCoordinator } from '../known-bad/write-coordinator/unbounded-batch.js'
import { CoordinatorUser } from './coordinator-user.js'
import { type CoordinatorWorld, describe, freshWorld, locate, viewOf } from './coordinator-world.js'
import { good, type Subject } from './subject.js'

const SUBMITTERS = 3
const ROUNDS = 2
const GROUP_COMMIT_MAX = 2

export function backpressure(subject: Subject, mode: OperatingMode = 'grouped') {
  return scenario<CoordinatorWorld>(nameFor(mode === 'solo' ? 'wc-backpressure-solo' : 'wc-backpressure', subject), {
    about: 'submit until the batch is full, and shut down',
    peers: { submitter: SUBMITTERS, flusher: 1 },
    setup: () => freshWorld(subject, SUBMITTERS, { mode, groupCommitMax: GROUP_COMMIT_MAX }),
    peer: {
      submitter(world, me) {
        const user = new CoordinatorUser(world, me)
        for (let round = 0; round < ROUNDS; round++) {
          const submission = user.prepare(user.coordinator.publishedSeq, { writePages: [ROUNDS * me.id + round] })
          const outcome = user.submit(submission)
          me.sometimes('the batch was full', !outcome.ok && outcome.result.kind === 'batch-full')
          me.sometimes('refused after the shutdown', !outcome.ok && outcome.result.kind === 'shutting-down')
          if (me.id === 0 && round === 0) user.shutdown()
        }
        user.leave()
      },
      flusher(world, me) {
        const user = new CoordinatorUser(world, me)
        user.flushUntilDone(() => {
          const { state } = user.coordinator
          const results = user.flush()
          me.sometimes('committed after the shutdown', state === 'shutting-down' && results.length > 0)
          return results
        })
      },
    },
    ...judgedBy<CoordinatorWorld>(
      subject,
      [batchIsBounded(viewOf), shutdownEndsAllocation(viewOf)],
      ['the batch was full', 'refused after the shutdown', 'committed after the shutdown'],
    ),
    describe,
    locate,
  })
}

export default [
  backpressure(good),
  backpressure(good, 'solo'),
  backpressure({
    name: 'unbounded-batch',
    coordinator: UnboundedBatchCoordinator,
    knownBad: {
      breaks: ['batch-is-bounded'],
      because: 'more are pending than the coordinator was made for',
      hazard: 'write-coordinator H15',
      preemptions: 0,
      within: 100,
    },
  }),
]
