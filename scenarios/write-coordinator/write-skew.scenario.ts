// Three submitters read two pages and write one of them, at snapshots that may be old, and a fourth only reads: what snapshot isolation alone lets pass.

import { scenario } from 'heddle'
import { committedIsSerialisable, firstCommitterWins } from '../../invariants/write-coordinator/public.js'
import { judgedBy, nameFor } from '../judged.js'
import { SsiNoneCoordinator } from '../known-bad/write-coordinator/ssi-none.js'
import { SsiSelfOnlyCoordinator } from '../known-bad/write-coordinator/ssi-self-only.js'
import { CoordinatorUser } from './coordinator-user.js'
import { type CoordinatorWorld, describe, freshWorld, locate, viewOf } from './coordinator-world.js'
import { good, type Subject } from './subject.js'

const SUBMITTERS = 3
const PAGES = [1, 2] as const
/** Steps that the reader waits for a commit at most. */
const LOOKS = 20

export function writeSkew(subject: Subject) {
  return scenario<CoordinatorWorld>(nameFor('wc-write-skew', subject), {
    about: 'read two pages, write one',
    peers: { submitter: SUBMITTERS, reader: 1, flusher: 1 },
    setup: () => freshWorld(subject, SUBMITTERS + 1),
    peer: {
      submitter(world, me) {
        const user = new CoordinatorUser(world, me)
        const beginSeq = user.coordinator.publishedSeq
        const page = PAGES[me.random(PAGES.length)] as number
        const readPages = [PAGES, PAGES.filter((other) => other !== page), [page]][me.random(3)] as readonly number[]
        const submission = user.prepare(beginSeq, { readPages, writePages: [page] })
        const outcome = user.submit(submission)
        me.sometimes('a pivot was refused', !outcome.ok && outcome.result.kind === 'conflict-ssi' && outcome.result.pivot === 'self')
        user.leave()
      },
      reader(world, me) {
        const user = new CoordinatorUser(world, me)
        for (let look = 0; look < LOOKS && user.coordinator.publishedSeq === 0; look++) me.step('waits')
        const beginSeq = user.coordinator.publishedSeq
        for (let look = 0; look < LOOKS && user.coordinator.commitSeqTip === beginSeq; look++) me.step('reads')
        const refusal = user.submitReadOnly(beginSeq, PAGES)
        me.sometimes('a reader was accepted', refusal === undefined && beginSeq > 0)
        me.sometimes('around a committed pivot', refusal?.kind === 'conflict-ssi')
        user.leave()
      },
      flusher(world, me) {
        const user = new CoordinatorUser(world, me)
        user.flushUntilDone(() => user.flush())
      },
    },
    ...judgedBy<CoordinatorWorld>(
      subject,
      [firstCommitterWins(viewOf), committedIsSerialisable(viewOf)],
      ['a pivot was refused', 'around a committed pivot', 'a reader was accepted'],
    ),
    describe,
    locate,
  })
}

export default [
  writeSkew(good),
  writeSkew({
    name: 'ssi-none',
    coordinator: SsiNoneCoordinator,
    knownBad: {
      breaks: ['committed-is-serialisable'],
      because: 'two that each read what the other writes both commit',
      hazard: 'write-coordinator H14',
      preemptions: 0,
      within: 100,
    },
  }),
  writeSkew({
    name: 'ssi-self-only',
    coordinator: SsiSelfOnlyCoordinator,
    knownBad: {
      breaks: ['committed-is-serialisable'],
      because: 'the pivot has committed before the first of the three comes',
      hazard: 'write-coordinator H14',
      preemptions: 0,
      within: 500,
    },
  }),
]
