// Transactions that began before a power failure submit after it: clients on other machines remember their snapshots, and where their data was put.

import { type PeerHandle, scenario } from 'heddle'
import {
  firstCommitterWins,
  markerNamesDurableData,
  markersFormAChain,
  recoveryKeepsAPrefix,
  rejectionChangesNothing,
} from '../../invariants/write-coordinator/public.js'
import type { CommitSubmission, SubmitOutcome } from '../../primitives/write-coordinator/public.js'
import { judgedBy, nameFor } from '../judged.js'
import { CapsuleKnownByPlaceCoordinator } from '../known-bad/write-coordinator/capsule-known-by-place.js'
import { RestartForgetsChainCoordinator } from '../known-bad/write-coordinator/restart-forgets-chain.js'
import { RestartForgetsIndexCoordinator } from '../known-bad/write-coordinator/restart-forgets-index.js'
import { CoordinatorUser, codeOf, type Draft } from './coordinator-user.js'
import { type CoordinatorWorld, describe, emptyWorld, freshWorld, isReplaced, locate, viewOf } from './coordinator-world.js'
import { good, type Subject } from './subject.js'

const SUBMITTERS = 2
const SHARED_PAGE = 7

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
        if (old !== undefined) goOn(world, user, me, old)
        const submission = user.prepare(user.coordinator.publishedSeq, draftOf(me))
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
      [recoveryKeepsAPrefix(viewOf), markersFormAChain(viewOf), markerNamesDurableData(viewOf), firstCommitterWins(viewOf), rejectionChangesNothing(viewOf)],
      [
        'commits were recovered',
        'an old snapshot was refused',
        'it had been committed',
        'an old transaction went on with a new capsule',
        'another capsule lies where one was lost',
        'committed on top of what was recovered',
      ],
    ),
    describe,
    locate,
  })
}

/** A page that all write, or one of its own: what one commits does not always refuse what others began. */
function draftOf(me: PeerHandle): Draft {
  const page = me.random(2) === 0 ? SHARED_PAGE : me.id
  return { readPages: [page], writePages: [page] }
}

/** Submits what was begun before a power failure, where its capsule is refused with one that is written anew. */
function goOn(world: CoordinatorWorld, user: CoordinatorUser, me: PeerHandle, old: CommitSubmission): void {
  me.sometimes('another capsule lies where one was lost', isReplaced(world, old.capsule))
  const outcome = submitAsItIs(user, old) ?? user.submit(user.prepare(old.beginSeq, old, old.txnId))
  me.sometimes('an old snapshot was refused', !outcome.ok && outcome.result.kind === 'conflict-fcw')
  me.sometimes('it had been committed', !outcome.ok && outcome.result.kind === 'duplicate')
  me.sometimes('an old transaction went on with a new capsule', outcome.ok)
}

/** Undefined if the capsule is refused. */
function submitAsItIs(user: CoordinatorUser, old: CommitSubmission): SubmitOutcome | undefined {
  try {
    return user.submit(old)
  } catch (error) {
    if (codeOf(error) !== 'WC_INVALID_SUBMISSION') throw error
    return undefined
  }
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
  restart({
    name: 'capsule-known-by-place',
    coordinator: CapsuleKnownByPlaceCoordinator,
    knownBad: {
      breaks: ['marker-names-durable-data'],
      because: 'who wrote before the power failure commits what another one wrote after it to the same place',
      preemptions: 0,
      within: 2000,
    },
  }),
  restart({
    name: 'capsule-known-by-place, recovered',
    coordinator: CapsuleKnownByPlaceCoordinator,
    knownBad: {
      breaks: ['peer threw'],
      because: 'a recovery finds a marker that leads to the data of another one, and takes it for a damaged log',
      preemptions: 0,
    },
    without: ['marker-names-durable-data'],
  }),
]
