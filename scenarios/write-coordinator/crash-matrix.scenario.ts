// The power fails anywhere, twice: in a flush, in a recovery, between them. The files hold so many commits before that the markers of the next group lie in
// two sectors, of which a power failure may leave either one.

import { scenario } from 'heddle'
import {
  deliveredIsDurable,
  markerNamesDurableData,
  markersFormAChain,
  recoveryIsIdempotent,
  recoveryKeepsAPrefix,
} from '../../invariants/write-coordinator/public.js'
import { judgedBy, nameFor } from '../judged.js'
import { OneBarrierCoordinator } from '../known-bad/write-coordinator/one-barrier.js'
import { RecoverWithoutTruncateAndChainCoordinator } from '../known-bad/write-coordinator/recover-without-truncate-and-chain.js'
import { ReplyBeforeSyncCoordinator } from '../known-bad/write-coordinator/reply-before-sync.js'
import { CoordinatorUser } from './coordinator-user.js'
import { type CoordinatorWorld, describe, endsTorn, FILLED_TO_SECTOR, filledWorld, locate, viewOf } from './coordinator-world.js'
import { good, type Subject } from './subject.js'

const SUBMITTERS = 3

export function crashMatrix(subject: Subject) {
  return scenario<CoordinatorWorld>(nameFor('wc-crash-matrix', subject), {
    about: 'power failures anywhere',
    peers: { submitter: SUBMITTERS, flusher: 1 },
    setup: (machine) => filledWorld(subject, SUBMITTERS, machine, FILLED_TO_SECTOR),
    peer: {
      submitter(world, me) {
        const user = new CoordinatorUser(world, me)
        user.awaitCoordinator()
        // Small groups behind what a large one left.
        if (me.incarnation > 0 && me.random(2) === 0) {
          user.leave()
          return
        }
        const submission = user.prepare(user.coordinator.publishedSeq, { writePages: [me.id] })
        user.submit(submission)
        user.leave()
      },
      flusher(world, me) {
        const user = new CoordinatorUser(world, me)
        if (me.incarnation > 0) {
          user.boot()
          me.sometimes('commits were recovered', user.coordinator.commitSeqTip > FILLED_TO_SECTOR)
          me.sometimes('a group lost its end', endsTorn(world))
        }
        if (me.random(2) === 0) user.awaitSubmitters()
        user.flushUntilDone(() => user.flush())
      },
    },
    faults: { powerFailures: 2 },
    ...judgedBy<CoordinatorWorld>(
      subject,
      [deliveredIsDurable(viewOf), markerNamesDurableData(viewOf), recoveryKeepsAPrefix(viewOf), recoveryIsIdempotent(viewOf), markersFormAChain(viewOf)],
      ['commits were recovered', 'a group lost its end'],
    ),
    describe,
    locate,
  })
}

export default [
  crashMatrix(good),
  crashMatrix({
    name: 'one-barrier',
    coordinator: OneBarrierCoordinator,
    knownBad: {
      breaks: ['marker-names-durable-data'],
      because: 'a marker may survive without its proof',
      hazard: 'write-coordinator H9',
      preemptions: 0,
      within: 100,
    },
  }),
  crashMatrix({
    name: 'one-barrier, recovered',
    coordinator: OneBarrierCoordinator,
    knownBad: {
      breaks: ['peer threw'],
      because: 'a recovery finds a marker without its proof, and takes it for a damaged log',
      hazard: 'write-coordinator H9',
      preemptions: 0,
      within: 2000,
    },
    without: ['marker-names-durable-data'],
  }),
  crashMatrix({
    name: 'reply-before-sync',
    coordinator: ReplyBeforeSyncCoordinator,
    knownBad: {
      breaks: ['delivered-is-durable'],
      because: 'a commit was acknowledged whose marker a power failure may take',
      hazard: 'write-coordinator H10',
      preemptions: 0,
      within: 100,
    },
  }),
  crashMatrix({
    name: 'reply-before-sync, recovered',
    coordinator: ReplyBeforeSyncCoordinator,
    knownBad: {
      breaks: ['recovery-keeps-a-prefix'],
      because: 'a recovery does not find a commit that was acknowledged',
      hazard: 'write-coordinator H10',
      preemptions: 0,
      within: 100,
    },
    without: ['delivered-is-durable'],
  }),
  crashMatrix({
    name: 'recover-without-truncate-and-chain',
    coordinator: RecoverWithoutTruncateAndChainCoordinator,
    knownBad: {
      breaks: ['recovery-is-idempotent'],
      because: 'a recovery leaves the tail of a group that nobody heard of',
      hazard: 'write-coordinator H13',
      preemptions: 0,
      within: 200,
    },
    without: ['markers-form-a-chain'],
  }),
]
