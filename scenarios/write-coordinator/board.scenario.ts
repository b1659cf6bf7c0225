// Two begin where the board says, and hear that they committed while the coordinator's thread commits something of its own: each must see its own commit on
// the board then.

import { scenario } from 'heddle'
import { beginsAtPublished, publishedBeforeDelivered, publishedWithinDurable } from '../../invariants/write-coordinator/public.js'
import type { CommitBoard } from '../../primitives/write-coordinator/public.js'
import { judgedBy, nameFor } from '../judged.js'
import { ReplyBeforePublishCoordinator } from '../known-bad/write-coordinator/reply-before-publish.js'
import { CoordinatorUser } from './coordinator-user.js'
import { type CoordinatorWorld, describe, freshWorld, locate, viewOf } from './coordinator-world.js'
import { good, type Subject } from './subject.js'

const READERS = 2
const ROUNDS = 2
const LOOKS = 3
/** The coordinator's thread writes this page and those behind it. */
const OWN_PAGE = 100

export function board(subject: Subject) {
  return scenario<CoordinatorWorld>(nameFor('wc-board', subject), {
    about: 'begin at the number on the board, read the own commit',
    peers: { reader: READERS, coordinator: 1 },
    setup: () => freshWorld(subject, READERS, { withBoard: true }),
    peer: {
      reader(world, me) {
        const user = new CoordinatorUser(world, me)
        const published = world.board as CommitBoard
        let ownSeq = 0
        for (let round = 0; round < ROUNDS; round++) {
          const beginSeq = published.publishedSeq()
          me.sometimes('began at its own commit', ownSeq > 0 && beginSeq >= ownSeq)
          const submission = user.prepare(beginSeq, { writePages: [ROUNDS * me.id + round] })
          const outcome = user.submit(submission)
          for (let look = 0; look < LOOKS && outcome.ok; look++) {
            me.step('looks for its result')
            const result = user.takeResult(outcome.commitSeq)
            if (result === undefined) continue
            ownSeq = outcome.commitSeq
            break
          }
        }
        user.leave()
      },
      coordinator(world, me) {
        const user = new CoordinatorUser(world, me)
        for (let round = 0; round < ROUNDS; round++) {
          const submission = user.prepare(user.coordinator.publishedSeq, { writePages: [OWN_PAGE + round] })
          user.submitAndCommit(submission)
        }
        user.flushUntilDone(() => user.flush())
      },
    },
    ...judgedBy<CoordinatorWorld>(
      subject,
      [publishedWithinDurable(viewOf), beginsAtPublished(viewOf), publishedBeforeDelivered(viewOf)],
      ['began at its own commit'],
    ),
    describe,
    locate,
  })
}

export default [
  board(good),
  board({
    name: 'reply-before-publish',
    coordinator: ReplyBeforePublishCoordinator,
    knownBad: {
      breaks: ['published-before-delivered'],
      because: 'who was told that it committed does not find it on the board',
      hazard: 'write-coordinator H11',
      preemptions: 1,
      within: 2000,
    },
  }),
]
