// WC-4: of two committed transactions that write one page, the later one's beginSeq is at least the earlier one's commitSeq.
//
// Cost: nothing after a step; at the end a look at each page that was written.

import type { Invariant } from '../../sim/invariant.js'
import type { CoordinatorViewOf, Submission } from './coordinator-view.js'
import { judgedCommits } from './judged-commits.js'

/** WC-4: nobody overwrites what it has not seen. */
export function firstCommitterWins<World>(viewOf: CoordinatorViewOf<World>): Invariant<World> {
  return judgedCommits('first-committer-wins', viewOf, (ledger, tip) => {
    /** By page: its newest writer so far. Each earlier one has a lower number, so it is enough to look at this. */
    const newest = new Map<number, { readonly commitSeq: number; readonly submission: Submission }>()
    for (const { commitSeq, submission } of [...ledger.allocations.values()].sort((a, b) => a.commitSeq - b.commitSeq)) {
      if (commitSeq > tip) continue
      const { txnId, beginSeq } = submission
      for (const page of submission.writePages) {
        const earlier = newest.get(page)
        if (earlier !== undefined && beginSeq < earlier.commitSeq) {
          return `page ${page}: transaction ${txnId} began at ${beginSeq} and committed as number ${commitSeq}, but ${earlier.submission.txnId} had written the page as number ${earlier.commitSeq}`
        }
        newest.set(page, { commitSeq, submission })
      }
    }
    return undefined
  })
}
