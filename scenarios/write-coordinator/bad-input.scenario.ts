// One peer hands over what no transaction may: every field out of its range, and duplicates. Nothing may change.

import { scenario } from 'heddle'
import { beginsAtPublished, rejectionChangesNothing } from '../../invariants/write-coordinator/public.js'
import type { CommitSubmission } from '../../primitives/write-coordinator/public.js'
import { judgedBy, nameFor } from '../judged.js'
import { FutureBeginAcceptedCoordinator } from '../known-bad/write-coordinator/future-begin-accepted.js'
import { CoordinatorUser } from './coordinator-user.js'
import { type CoordinatorWorld, describe, freshWorld, locate, viewOf } from './coordinator-world.js'
import { good, type Subject } from './subject.js'

const BAD_FIELDS: readonly Partial<CommitSubmission>[] = [
  { submitterId: -1 },
  { submitterId: 2 ** 31 },
  { txnId: 0 },
  { txnId: 2 ** 53 },
  { beginSeq: -1 },
  { beginSeq: 1000 },
  { writePages: [] },
  { writePages: [2, 1] },
  { writePages: [1, 1] },
  { writePages: [2 ** 32] },
  { readPages: [-1] },
  { readPages: [3, 2] },
  { inEdges: [0] },
  { outEdges: Array.from({ length: 257 }, (_, edge) => edge + 1) },
  { capsule: { offset: 1_000_000, length: 1, crc: 0, incarnation: 0 } },
  { capsule: { offset: 64, length: 0, crc: 0, incarnation: 0 } },
]

export function badInput(subject: Subject) {
  return scenario<CoordinatorWorld>(nameFor('wc-bad-input', subject), {
    about: 'every field out of range, and duplicates',
    peers: 1,
    setup: () => freshWorld(subject, 1),
    peer(world, me) {
      const user = new CoordinatorUser(world, me)
      const submission = user.prepare(0, { writePages: [1], readPages: [1] })
      for (const fields of BAD_FIELDS) {
        user.mustRefuse(() => user.submit({ ...submission, ...fields }))
        user.mustRefuse(() => user.submitAndCommit({ ...submission, ...fields }))
        user.mustRefuse(() => user.validate({ ...submission, ...fields }))
      }
      user.submit(submission)
      const again = user.submit(submission)
      user.flush()
      const late = user.submitAndCommit(submission)
      me.sometimes('a duplicate was refused', !again.ok && again.result.kind === 'duplicate' && late.kind === 'duplicate')
      const stale = user.prepare(0, { writePages: [1] })
      const refused = user.submit(stale)
      me.sometimes('a conflict was refused', !refused.ok && refused.result.kind === 'conflict-fcw')
      user.leave()
    },
    ...judgedBy<CoordinatorWorld>(subject, [rejectionChangesNothing(viewOf), beginsAtPublished(viewOf)], ['a duplicate was refused', 'a conflict was refused']),
    describe,
    locate,
  })
}

export default [
  badInput(good),
  badInput({
    name: 'future-begin-accepted',
    coordinator: FutureBeginAcceptedCoordinator,
    knownBad: {
      breaks: ['begins-at-published'],
      because: 'a snapshot of the future passes every check',
      hazard: 'write-coordinator H7',
      preemptions: 0,
      within: 10,
    },
  }),
]
