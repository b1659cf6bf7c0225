// An operation on the files fails: what was pending is unknown then, and the owner recovers. A sync that failed once reports success the next time, and
// what it was to write is gone.

import { scenario } from 'heddle'
import { deliveredIsDurable, oneResultEach, recoveryKeepsAPrefix, rejectionChangesNothing } from '../../invariants/write-coordinator/public.js'
import { WriteCoordinator } from '../../primitives/write-coordinator/public.js'
import { judgedBy, nameFor } from '../judged.js'
import { CapsuleOfBeforeAcceptedCoordinator } from '../known-bad/write-coordinator/capsule-of-before-accepted.js'
import { FailedSyncKeepsBytesStorage } from '../known-bad/write-coordinator/failed-sync-keeps-bytes.js'
import { RetryFailedSyncCoordinator } from '../known-bad/write-coordinator/retry-failed-sync.js'
import { CoordinatorUser, codeOf } from './coordinator-user.js'
import { type CoordinatorWorld, describe, freshWorld, locate, viewOf } from './coordinator-world.js'
import { good, type Subject } from './subject.js'

const SUBMITTERS = 2
const ATTEMPTS = 3
/** How a transaction may end while the storage fails: the coordinator has failed, the capsule was not written, or it is of the coordinator before. */
const EXPECTED_CODES: readonly (string | undefined)[] = ['WC_FAILED', 'WC_STORAGE', 'WC_INVALID_SUBMISSION']

export function syncError(subject: Subject) {
  return scenario<CoordinatorWorld>(nameFor('wc-sync-error', subject), {
    about: 'errors of the disk, and recovery from them',
    peers: { submitter: SUBMITTERS, flusher: 1 },
    setup: () => freshWorld(subject, SUBMITTERS),
    peer: {
      submitter(world, me) {
        const user = new CoordinatorUser(world, me)
        for (let attempt = 0; attempt < ATTEMPTS; attempt++) {
          user.awaitCoordinator()
          const { publishedSeq } = user.coordinator
          try {
            const submission = user.prepare(publishedSeq, { writePages: [ATTEMPTS * me.id + attempt] })
            me.step('takes its time')
            user.awaitCoordinator()
            const outcome = user.submit(submission)
            me.sometimes('submitted after a recovery', outcome.ok && world.recoveries > 0)
          } catch (error) {
            if (!EXPECTED_CODES.includes(codeOf(error))) throw error
          }
        }
        user.leave()
      },
      flusher(world, me) {
        const user = new CoordinatorUser(world, me)
        user.flushUntilDone(() => {
          try {
            const results = user.flush()
            me.sometimes('committed after a recovery', results.length > 0 && world.recoveries > 0)
            return results
          } catch (error) {
            if (codeOf(error) !== 'WC_FAILED') throw error
          }
          const results = user.drain()
          me.sometimes(
            'an outcome is unknown',
            results.some(({ kind }) => kind === 'outcome-unknown'),
          )
          user.boot()
          return results
        })
      },
    },
    faults: { diskErrors: 1, diskErrorKinds: ['EIO', 'short'] },
    ...judgedBy<CoordinatorWorld>(
      subject,
      [deliveredIsDurable(viewOf), oneResultEach(viewOf), rejectionChangesNothing(viewOf), recoveryKeepsAPrefix(viewOf)],
      ['an outcome is unknown', 'submitted after a recovery', 'committed after a recovery'],
    ),
    describe,
    locate,
  })
}

export default [
  syncError(good),
  syncError({
    name: 'retry-failed-sync',
    coordinator: RetryFailedSyncCoordinator,
    knownBad: {
      breaks: ['delivered-is-durable'],
      because: 'the second sync succeeds without having written',
      hazard: 'write-coordinator H12',
      preemptions: 0,
      within: 100,
    },
  }),
  syncError({
    name: 'capsule-of-before-accepted',
    coordinator: CapsuleOfBeforeAcceptedCoordinator,
    knownBad: {
      breaks: ['delivered-is-durable'],
      because: 'a commit names a capsule that a failed sync has taken',
      preemptions: 1,
    },
  }),
  syncError({
    name: 'failed-sync-keeps-bytes',
    coordinator: WriteCoordinator,
    storage: FailedSyncKeepsBytesStorage,
    knownBad: {
      breaks: ['delivered-is-durable', 'recovery-keeps-a-prefix'],
      because: 'a recovery counts a marker that reads show and no disk has',
      preemptions: 0,
      within: 500,
    },
  }),
]
