// Three submitters read and write one page, each at the newest snapshot, and begin again where somebody was faster. One of them first says that it began at a
// snapshot that there is not yet.
//
// Both defects are judged by what was published (WC-9). The rule that nobody overwrites what it has not seen (WC-4) compares numbers, and those are in order:
// the transaction says that it began at the number which it has in truth not seen.

import { scenario } from 'heddle'
import { beginsAtPublished, firstCommitterWins } from '../../invariants/write-coordinator/public.js'
import { judgedBy, nameFor } from '../judged.js'
import { FutureBeginAcceptedCoordinator } from '../known-bad/write-coordinator/future-begin-accepted.js'
import { SnapshotFromTipCoordinator } from '../known-bad/write-coordinator/snapshot-from-tip.js'
import { CoordinatorUser } from './coordinator-user.js'
import { type CoordinatorWorld, describe, freshWorld, locate, viewOf } from './coordinator-world.js'
import { good, type Subject } from './subject.js'

const SUBMITTERS = 3
const ATTEMPTS = 3
const PAGE = 7
/** How far ahead a snapshot is that nobody can have read. */
const FAR = 1000

export function lostUpdate(subject: Subject) {
  return scenario<CoordinatorWorld>(nameFor('wc-lost-update', subject), {
    about: 'read and write one page, again after a conflict',
    peers: { submitter: SUBMITTERS, flusher: 1 },
    setup: () => freshWorld(subject, SUBMITTERS),
    peer: {
      submitter(world, me) {
        const user = new CoordinatorUser(world, me)
        if (me.id === 0) {
          const early = user.prepare(user.coordinator.commitSeqTip + FAR, { readPages: [PAGE], writePages: [PAGE] })
          user.mustRefuse(() => user.submit(early))
        }
        for (let attempt = 0; attempt < ATTEMPTS; attempt++) {
          const submission = user.prepare(user.coordinator.publishedSeq, { readPages: [PAGE], writePages: [PAGE] })
          const outcome = user.submit(submission)
          me.sometimes('somebody was faster', !outcome.ok && outcome.result.kind === 'conflict-fcw')
          me.sometimes('a second version', outcome.ok && outcome.commitSeq > 1)
          if (outcome.ok) break
        }
        user.leave()
      },
      flusher(world, me) {
        const user = new CoordinatorUser(world, me)
        user.flushUntilDone(() => user.flush())
      },
    },
    ...judgedBy<CoordinatorWorld>(subject, [firstCommitterWins(viewOf), beginsAtPublished(viewOf)], ['somebody was faster', 'a second version']),
    describe,
    locate,
  })
}

export default [
  lostUpdate(good),
  lostUpdate({
    name: 'snapshot-from-tip',
    coordinator: SnapshotFromTipCoordinator,
    knownBad: {
      breaks: ['begins-at-published'],
      because: 'a transaction begins at a number that is pending, and reads the page as it was before',
      hazard: 'write-coordinator H3',
      preemptions: 0,
      within: 100,
    },
  }),
  lostUpdate({
    name: 'future-begin-accepted',
    coordinator: FutureBeginAcceptedCoordinator,
    knownBad: {
      breaks: ['begins-at-published'],
      because: 'a snapshot of the future passes every check',
      hazard: 'write-coordinator H7',
      preemptions: 0,
      within: 100,
    },
  }),
]
