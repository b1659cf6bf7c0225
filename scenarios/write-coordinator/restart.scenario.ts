// Transactions that began before a power failure submit after it: clients on other machines remember their snapshots.

import { type PeerHandle, scenario } from 'heddle'
import { firstCommitterWins, markersFormAChain, recoveryKeepsAPrefix } from '../../invariants/write-coordinator/public.js'
import type { CommitSubmission } from '../../primitives/write-coordinator/public.js'
import { judgedBy, nameFor } from '../judged.js'
import { RestartForgetsChainCoordinator } from '../known-bad/write-coordinator/restart-forgets-chain.js'
import { RestartForgetsIndexCoordinator } from '../known-bad/write-coordinator/restart-forgets-index.js'
import { CoordinatorUser, type Draft } from './coordinator-user.js'
import { type CoordinatorWorld, describe, emptyWorld, freshWorld, locate, viewOf } from './coordinator-world.js'
import { good, type Subject } from './subject.js'

const SUBMITTERS = 2
const PAGE = 7
const DRAFT: Draft = { readPages: [PAGE], writePages: [PAGE] }

export function restart(subject: Subject) {
  /** By submitter: what it began last. No power failure of this machine takes it. */
  const begun = new Map<number, CommitSubmission>()
  return scenario<CoordinatorWorld>(nameFor('wc-restart', subject), {
    about: 'begin, crash, recover, submit',
    peers: { submitter: SUBMITTERS, flusher: 1 },
    setup({ boot }) {
      if (boot > 0) return emptyWorld(subject, SUBMITTERS)
      begun.clear()
      return freshWorld(subject, SUBMITTERS)
    },
    peer: {
      submitter(world, me) {
        const user = new CoordinatorUser(world, me)
        user.awaitCoordinator()
        const old = begun.get(me.id)
        if (old !== undefined) goOn(user, me, old)
        const submission = user.prepare(user.coordinator.publishedSeq, DRAFT)
        begun.set(me.id, submission)
        me.step('takes its time')
        const outcome = user.submit(submission)
        me.sometimes('committed on top of what was recovered', me.incarnation > 0 && submission.beginSeq > 0 && outcome.ok)
        user.leave()
      },
      flusher(world, me) {
        const user = new CoordinatorUser(world, me)
        if (me.incarnation > 0) user.boot()
        me.sometimes('commits were recovered', user.coordinator.commitSeqTip > 0)
        user.flushUntilDone(() => user.flush())
      },
    },
    faults: { powerFailures: 2 },
    ...judgedBy<CoordinatorWorld>(
      subject,
      [recoveryKeepsAPrefix(viewOf), markersFormAChain(viewOf), firstCommitterWins(viewOf)],
      [
        'commits were recovered',
        'an old snapshot was refused',
        'it had been committed',
        'an old transaction went on',
        'committed on top of what was recovered',
      ],
    ),
    describe,
    locate,
  })
}

/** Submits what was begun before a power failure, with a capsule that is written anew. */
function goOn(user: CoordinatorUser, me: PeerHandle, { beginSeq, txnId }: CommitSubmission): void {
  const submission = user.prepare(beginSeq, DRAFT, txnId)
  const outcome = user.submit(submission)
  me.sometimes('an old snapshot was refused', !outcome.ok && outcome.result.kind === 'conflict-fcw')
  me.sometimes('it had been committed', !outcome.ok && outcome.result.kind === 'duplicate')
  me.sometimes('an old transaction went on', outcome.ok)
}

export default [
  restart(good),
  restart({
    name: 'restart-forgets-index',
    coordinator: RestartForgetsIndexCoordinator,
    knownBad: {
      breaks: ['first-committer-wins'],
      because: 'who began before the restart overwrites what was committed before it',
      hazard: 'write-coordinator H4',
      preemptions: 0,
      within: 100,
    },
  }),
  restart({
    name: 'restart-forgets-chain',
    coordinator: RestartForgetsChainCoordinator,
    knownBad: {
      breaks: ['markers-form-a-chain'],
      because: 'the first marker after a restart links to nothing',
      hazard: 'write-coordinator H5',
      preemptions: 0,
      within: 100,
    },
  }),
]
