// A group of two whose markers lie in two sectors, a power failure, and a smaller group in its place: what the first one left behind the second must not
// count at the recovery after that.

import { scenario } from 'heddle'
import { deliveredIsDurable, markersFormAChain, recoveryIsIdempotent, recoveryKeepsAPrefix } from '../../invariants/write-coordinator/public.js'
import { judgedBy, nameFor } from '../judged.js'
import { CoordinatorUser } from './coordinator-user.js'
import { type CoordinatorWorld, describe, endsTorn, FILLED_TO_SECTOR, filledWorld, locate, viewOf } from './coordinator-world.js'
import { good, type Subject } from './subject.js'

/** Commits of the group after each boot. */
const GROUPS = [2, 1]

export function tornGroup(subject: Subject) {
  return scenario<CoordinatorWorld>(nameFor('wc-torn-group', subject), {
    about: 'a smaller group where a power failure left a part of a larger one',
    peers: { owner: 1, writer: 1 },
    setup: (machine) => filledWorld(subject, 0, machine, FILLED_TO_SECTOR),
    peer: {
      owner(world, me) {
        const user = new CoordinatorUser(world, me)
        if (me.incarnation > 0) {
          user.boot()
          me.sometimes('a group lost its end', endsTorn(world))
        }
        const count = GROUPS[me.incarnation] ?? 0
        for (let nth = 0; nth < count; nth++) {
          const submission = user.prepare(user.coordinator.publishedSeq, { writePages: [nth] })
          user.submit(submission)
        }
        user.flush()
      },
      // Writes the data of a transaction that is never submitted.
      writer(world, me) {
        if (me.incarnation > 0) return
        const user = new CoordinatorUser(world, me)
        user.prepare(user.coordinator.publishedSeq, { writePages: [0] })
      },
    },
    faults: { powerFailures: 2 },
    ...judgedBy<CoordinatorWorld>(
      subject,
      [deliveredIsDurable(viewOf), recoveryKeepsAPrefix(viewOf), recoveryIsIdempotent(viewOf), markersFormAChain(viewOf)],
      ['a group lost its end'],
    ),
    describe,
    locate,
  })
}

export default [tornGroup(good)]
